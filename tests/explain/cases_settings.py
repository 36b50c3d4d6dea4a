"""Cases of rules about settings: paths to code, and hosts."""

from channels_lab.running.process import ProcessEnded

from .cases import Act, Case
from .cases_first import talk
from .run import Run

__all__ = ["CASES"]

SETTINGS = "config/settings.py"
COMMON = "django.middleware.common.CommonMiddleware"
LIVE = {"DJANGO_DEBUG": "off"}
HOSTS = {**LIVE, "DJANGO_ALLOWED_HOSTS": "localhost,127.0.0.1"}


def page(host: str, status: int = 200) -> Act:
    """Ask for a page by this name of the host."""

    async def act(run: Run) -> None:
        assert (await run.get("/", headers={"Host": host})).status_code == status

    return act


CASES = [
    Case("a page at a foreign host", "host-not-allowed", base="site", act=page("chat.example", 400)),
    Case("a page at localhost, without DEBUG", "host-not-allowed", base="site", env=LIVE, act=page("localhost", 400)),
    Case("a page at localhost", neighbour_of="host-not-allowed", base="site", act=page("localhost")),
    Case(
        "a page at a host that is allowed",
        neighbour_of="host-not-allowed",
        base="site",
        env=HOSTS,
        act=page("127.0.0.1"),
    ),
    Case("no hosts without DEBUG", "no-hosts", env=LIVE, start="runserver", raises=ProcessEnded),
    Case("hosts without DEBUG", neighbour_of="no-hosts", env=HOSTS, start="runserver", act=talk),
    Case(
        "a middleware with a typo",
        "setting-path",
        base="site",
        edits={SETTINGS: (COMMON, "django.middleware.common.ComonMiddleware")},
        raises=ProcessEnded,
    ),
    Case(
        "a middleware's module with a typo",
        "setting-path",
        base="site",
        edits={SETTINGS: (COMMON, "django.middleware.comon.CommonMiddleware")},
        raises=ProcessEnded,
    ),
    Case(
        "an own middleware with a typo",
        "setting-path",
        base="site",
        files={"chat/middleware.py": "def count(get_response):\n    return get_response\n"},
        edits={SETTINGS: (f'"{COMMON}",', '"chat.middleware.cont",')},
        raises=ProcessEnded,
    ),
    Case(
        "an own middleware",
        neighbour_of="setting-path",
        base="site",
        files={"chat/middleware.py": "def count(get_response):\n    return get_response\n"},
        edits={SETTINGS: (f'"{COMMON}",', f'"{COMMON}",\n    "chat.middleware.count",')},
        act=page("localhost"),
    ),
    Case(
        "a database's engine with a typo",
        "setting-path",
        base="site",
        edits={SETTINGS: ("django.db.backends.sqlite3", "django.db.backends.sqlite")},
        raises=ProcessEnded,
    ),
    Case(
        "ROOT_URLCONF with a typo",
        "setting-path",
        base="site",
        edits={SETTINGS: ('"config.urls"', '"config.url"')},
        act=page("localhost", 500),
    ),
    Case(
        "ROOT_URLCONF with a typo, for runserver",
        "setting-path",
        base="site",
        edits={SETTINGS: ('"config.urls"', '"config.url"')},
        start="runserver",
        raises=ProcessEnded,
    ),
]
