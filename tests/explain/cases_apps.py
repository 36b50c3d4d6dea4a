"""Cases of rules about apps, the tables of their models, and their files."""

from channels_lab.running.process import ProcessEnded

from .cases import Act, Case
from .cases_first import talk
from .run import Run

__all__ = ["CASES"]

SETTINGS = "config/settings.py"
CONSUMERS = "chat/consumers.py"
CHAT = '"channels", "chat"'
MODELS = "from django.db import models\n\n\nclass Message(models.Model):\n    text = models.TextField()\n"
USES = ("import json\n", "import json\n\nfrom chat.models import Message\n")
ASKS = [
    USES,
    (
        "await self.accept()",
        "await self.accept()\n        print(await Message.objects.acount(), await Message.objects.afirst())",
    ),
]
VIEWS = 'from django.shortcuts import render\n\n\ndef index(request):\n    return render(request, "chat/room.html")\n'
CONFIG = 'from django.apps import AppConfig\n\n\nclass ChatConfig(AppConfig):\n    name = "chat"\n'
URLS = (
    "urlpatterns =",
    "from django.contrib.staticfiles.urls import staticfiles_urlpatterns\n\nurlpatterns = staticfiles_urlpatterns() +",
)
SESSION = {"Cookie": "sessionid=abcdefghijklmnopqrstuvwxyz012345"}


def get(path: str, status: int) -> Act:
    """Ask for a page."""

    async def act(run: Run) -> None:
        assert (await run.get(path)).status_code == status

    return act


async def dies(run: Run) -> None:
    """Enter a room, and see the connection end with an exception."""
    async with run.connect("/ws/chat/lobby/") as alice:
        assert await alice.wait_closed() == 1011


async def who(run: Run) -> None:
    """Ask who is there, and see the connection end with an exception."""
    async with run.connect("/ws/who/") as alice:
        await alice.send_json({})
        assert await alice.wait_closed() == 1011


async def who_by_session(run: Run) -> None:
    """Connect as a browser that has been here before, and be refused with a 500."""
    await run.refused("/ws/who/", 500, headers=SESSION)


async def count(run: Run) -> None:
    """Ask who is there, and hear it."""
    async with run.connect("/ws/who/") as alice:
        await alice.send_json({})
        assert (await alice.receive_json(5))["people"] == 3


async def migrated(run: Run) -> None:
    """Make the migrations and run them; then talk."""
    assert await run.manage("makemigrations", "chat") == 0
    assert await run.manage("migrate") == 0
    await run.server()
    await talk(run)


async def changed(run: Run) -> None:
    """Make the migrations and run them; then give the model a field, and start."""
    assert await run.manage("makemigrations", "chat") == 0
    assert await run.manage("migrate") == 0
    models = run.project / "chat" / "models.py"
    models.write_text(models.read_text() + "    author = models.TextField()\n")
    await run.server()
    await dies(run)


CASES = [
    # INSTALLED_APPS
    Case("an app with a typo", "app-name", edits={SETTINGS: (CHAT, '"channels", "chta"')}, raises=ProcessEnded),
    Case(
        "an app of Django with a typo",
        "app-name",
        edits={SETTINGS: ('"django.contrib.auth"', '"django.contrib.auht"')},
        raises=ProcessEnded,
    ),
    Case(
        "an app's config that is not there",
        "app-name",
        edits={SETTINGS: (CHAT, '"channels", "chat.apps.ChatConfig"')},
        raises=ProcessEnded,
    ),
    Case(
        "an app's config",
        neighbour_of="app-name",
        files={"chat/apps.py": CONFIG},
        edits={SETTINGS: (CHAT, '"channels", "chat.apps.ChatConfig"')},
        act=talk,
    ),
    Case(
        "no comma between two apps",
        "app-comma",
        base="site",
        edits={SETTINGS: ('    "channels",\n', '    "channels"\n')},
        raises=ProcessEnded,
    ),
    Case(
        "no comma after the last app",
        neighbour_of="app-comma",
        base="site",
        edits={SETTINGS: ('    "chat",\n', '    "chat"\n')},
        act=get("/", 200),
    ),
    Case("an app twice", "app-twice", edits={SETTINGS: (CHAT, f'{CHAT}, "chat"')}, raises=ProcessEnded),
    Case(
        "two apps of one name",
        "app-twice",
        files={"old/__init__.py": "", "old/chat/__init__.py": ""},
        edits={SETTINGS: (CHAT, f'{CHAT}, "old.chat"')},
        raises=ProcessEnded,
    ),
    Case(
        "two apps",
        neighbour_of="app-twice",
        files={"old/__init__.py": "", "old/talk/__init__.py": ""},
        edits={SETTINGS: (CHAT, f'{CHAT}, "old.talk"')},
        act=talk,
    ),
    Case(
        "a model whose app is not installed",
        "own-app-missing",
        files={"chat/models.py": MODELS},
        edits={CONSUMERS: USES, SETTINGS: (CHAT, '"channels"')},
        raises=ProcessEnded,
    ),
    Case(
        "a model whose app is installed",
        neighbour_of="own-app-missing",
        files={"chat/models.py": MODELS},
        edits={CONSUMERS: USES},
        act=talk,
    ),
    Case(
        "no app for sessions",
        "contrib-app-missing",
        base="site",
        edits={SETTINGS: ('    "django.contrib.sessions",\n', "")},
        act=who_by_session,
    ),
    Case(
        "no app for accounts",
        "contrib-app-missing",
        base="site",
        edits={SETTINGS: ('    "django.contrib.auth",\n', "")},
        raises=ProcessEnded,
    ),
    Case("apps for sessions and accounts", neighbour_of="contrib-app-missing", base="site", database=True, act=count),
    # Tables
    Case("no migrate", "no-table", base="site", act=who),
    Case("migrated", neighbour_of="no-table", base="site", database=True, act=count),
    Case("no migrations", "no-migrations", files={"chat/models.py": MODELS}, edits={CONSUMERS: ASKS}, act=dies),
    Case(
        "migrations that are made and run",
        neighbour_of="no-migrations",
        files={"chat/models.py": MODELS},
        edits={CONSUMERS: ASKS},
        start="",
        act=migrated,
    ),
    Case(
        "a field that came later",
        "no-column",
        files={"chat/models.py": MODELS},
        edits={CONSUMERS: ASKS},
        start="",
        act=changed,
    ),
    Case(
        "no field that came later",
        neighbour_of="no-column",
        files={"chat/models.py": MODELS},
        edits={CONSUMERS: ASKS},
        start="",
        act=migrated,
    ),
    # Files
    Case(
        "a template of an app that is not installed",
        "template-of-no-app",
        base="site",
        files={"chat/views.py": VIEWS, "chat/templates/chat/room.html": "hello"},
        edits={SETTINGS: ('    "chat",\n', "")},
        act=get("/", 500),
    ),
    Case(
        "a template with another name",
        "template-name",
        base="site",
        files={"chat/views.py": VIEWS, "chat/templates/chat/rooms.html": "hello"},
        act=get("/", 500),
    ),
    Case(
        "a template in the wrong folder",
        "template-name",
        base="site",
        files={"chat/views.py": VIEWS, "chat/template/chat/room.html": "hello"},
        act=get("/", 500),
    ),
    Case(
        "a template of an app",
        neighbour_of="template-of-no-app",
        base="site",
        files={"chat/views.py": VIEWS, "chat/templates/chat/room.html": "hello"},
        act=get("/", 200),
    ),
    Case(
        "a template of the project",
        neighbour_of="template-name",
        base="site",
        files={"chat/views.py": VIEWS, "templates/chat/room.html": "hello"},
        act=get("/", 200),
    ),
    Case(
        "static files of the command daphne",
        "static-by-daphne",
        base="site",
        files={"chat/static/chat/site.css": "p {}"},
        act=get("/static/chat/site.css", 404),
    ),
    Case(
        "static files that a route serves",
        neighbour_of="static-by-daphne",
        base="site",
        files={"chat/static/chat/site.css": "p {}"},
        edits={"config/urls.py": URLS},
        act=get("/static/chat/site.css", 200),
    ),
    Case(
        "a static file that is not there",
        neighbour_of="static-by-daphne",
        base="site",
        act=get("/static/chat/site.css", 404),
    ),
]
