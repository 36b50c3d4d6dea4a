"""Cases of rules about the ASGI application: which one is served, and what it takes."""

from collections.abc import Awaitable, Callable

from channels_lab.running import servers
from channels_lab.running.process import ProcessEnded
from channels_lab.running.servers import Listener

from .cases import Case
from .cases_first import talk
from .run import Run

__all__ = ["CASES"]

SETTING = 'ASGI_APPLICATION = "config.asgi.application"\n'
SETTINGS = "config/settings.py"
INNER = 'ProtocolTypeRouter({\n    "http": django_application,\n'
VALIDATOR = "AllowedHostsOriginValidator(URLRouter(websocket_urlpatterns))"
WEBSOCKET = f'    "websocket": {VALIDATOR},\n'
HTTP = '    "http": django_application,\n'

Act = Callable[[Run], Awaitable[None]]


def with_asgi(application: str) -> dict[str, tuple[str, str]]:
    """The edit that sets ASGI_APPLICATION to something else."""
    return {SETTINGS: (SETTING, f"ASGI_APPLICATION = {application!r}\n")}


def command(application: str, *options: str) -> Act:
    """Start Daphne on this `module:attribute`."""

    async def act(run: Run) -> None:
        listener = Listener.open()
        run.ports["main"] = listener.port
        process = servers.daphne(run.project, application, listener=listener, env=run.env, options=options)
        run.processes.append(process)
        try:
            await process.ready()
        finally:
            listener.socket.close()

    return act


async def crash(run: Run) -> None:
    """Connect, and be refused with the 500 of an application that raised."""
    await run.refused("/ws/chat/lobby/", 500)


async def page(run: Run) -> None:
    """Ask for a page; where there are no pages at all, Django answers with its welcome."""
    assert (await run.get("/")).status_code == 200


async def page_fails(run: Run) -> None:
    """Ask for a page, and get the 500 of an application that raised."""
    assert (await run.get("/")).status_code == 500


CASES = [
    Case(
        "no ASGI_APPLICATION",
        "no-asgi-application",
        edits={SETTINGS: (SETTING, "")},
        start="runserver",
        raises=ProcessEnded,
    ),
    Case(
        "ASGI_APPLICATION without a module",
        "no-asgi-application",
        edits=with_asgi("application"),
        start="runserver",
        raises=ProcessEnded,
    ),
    Case(
        "the command daphne without ASGI_APPLICATION",
        neighbour_of="no-asgi-application",
        edits={SETTINGS: (SETTING, "")},
        act=talk,
    ),
    Case(
        "ASGI_APPLICATION names a module that is not there",
        "asgi-application-module",
        edits=with_asgi("config.agsi.application"),
        start="runserver",
        raises=ProcessEnded,
    ),
    Case(
        "ASGI_APPLICATION of another project",
        "asgi-application-module",
        edits=with_asgi("mysite.asgi.application"),
        start="runserver",
        raises=ProcessEnded,
    ),
    Case(
        "ASGI_APPLICATION names another file",
        neighbour_of="asgi-application-module",
        edits={
            **with_asgi("config.live.application"),
            "config/live.py": ("", "from config.asgi import application as application\n"),
        },
        files={"config/live.py": ""},
        start="runserver",
        act=talk,
    ),
    Case(
        "ASGI_APPLICATION names another variable",
        "asgi-application-name",
        edits=with_asgi("config.asgi.app"),
        start="runserver",
        raises=ProcessEnded,
    ),
    Case(
        "ASGI_APPLICATION with a colon",
        "asgi-application-name",
        edits=with_asgi("config.asgi:application"),
        start="runserver",
        raises=ProcessEnded,
    ),
    Case(
        "ASGI_APPLICATION that stops at the module",
        "asgi-application-name",
        edits=with_asgi("config.asgi"),
        start="runserver",
        raises=ProcessEnded,
    ),
    Case(
        "ASGI_APPLICATION names another variable that is there",
        neighbour_of="asgi-application-name",
        edits={**with_asgi("config.asgi.site"), "config/asgi.py": ("application = Proto", "site = Proto")},
        start="runserver",
        act=talk,
    ),
    Case(
        "daphne is given another variable",
        "daphne-argument",
        start="",
        act=command("config.asgi:app"),
        raises=ProcessEnded,
    ),
    Case(
        "daphne is given another module",
        "daphne-argument",
        start="",
        act=command("config.agsi:application"),
        raises=ProcessEnded,
    ),
    Case(
        "daphne is given a dot for the colon",
        "daphne-argument",
        start="",
        act=command("config.asgi.application"),
        raises=ProcessEnded,
    ),
    Case(
        "daphne is given only the module",
        "daphne-argument",
        start="",
        act=command("config.asgi"),
        raises=ProcessEnded,
    ),
    Case(
        "daphne is given another variable that is there",
        neighbour_of="daphne-argument",
        start="",
        edits={"config/asgi.py": ("application = Proto", "chat = Proto")},
        act=command("config.asgi:chat"),
    ),
    Case(
        "no ProtocolTypeRouter",
        "http-only",
        edits={"config/asgi.py": (INNER + WEBSOCKET + "})", "django_application")},
        act=crash,
    ),
    Case(
        "a ProtocolTypeRouter that is not served",
        "http-only",
        edits={"config/asgi.py": (WEBSOCKET + "})", WEBSOCKET + "})\napplication = django_application")},
        act=crash,
    ),
    Case(
        "Django's application for websocket",
        "http-only",
        edits={"config/asgi.py": (VALIDATOR, "django_application")},
        act=crash,
    ),
    Case(
        "no ProtocolTypeRouter, and only pages are asked for",
        neighbour_of="http-only",
        edits={"config/asgi.py": (INNER + WEBSOCKET + "})", "django_application")},
        act=page,
    ),
    Case("no http", "no-http", edits={"config/asgi.py": (HTTP, "")}, act=page_fails),
    Case("no http, and only sockets", neighbour_of="no-http", edits={"config/asgi.py": (HTTP, "")}, act=talk),
    Case("no websocket", "no-websocket", edits={"config/asgi.py": (WEBSOCKET, "")}, act=crash),
    Case(
        "websocket with a hyphen",
        "no-websocket",
        edits={"config/asgi.py": ('"websocket"', '"web-socket"')},
        act=crash,
    ),
    Case(
        "no websocket, and only pages are asked for",
        neighbour_of="no-websocket",
        edits={"config/asgi.py": (WEBSOCKET, "")},
        act=page,
    ),
]
