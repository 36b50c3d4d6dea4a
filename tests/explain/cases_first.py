"""Cases of the first three rules."""

from channels_lab.running.process import ProcessEnded

from .cases import Case
from .run import Run

__all__ = ["CASES"]

CONSUMER = """\
from channels.generic.websocket import {base}


class ChatConsumer({base}):
{body}


class Hang({base}):
    pass


Silent = Odd = Hang
"""


def consumer(body: str, base: str = "AsyncWebsocketConsumer") -> dict[str, str | None]:
    """The file of a consumer with this body."""
    lines = "\n".join(f"    {line}" if line else "" for line in body.splitlines())
    return {"chat/consumers.py": CONSUMER.format(base=base, body=lines)}


async def knock(run: Run) -> None:
    """Connect, and give up soon: Daphne itself waits five seconds."""
    await run.refused("/ws/chat/lobby/", None, timeout=0.5)


async def enter(run: Run) -> None:
    """Connect and leave."""
    async with run.connect("/ws/chat/lobby/"):
        pass


async def say(run: Run) -> None:
    """Say something that goes to the group, and wait for the end."""
    async with run.connect("/ws/chat/lobby/") as alice:
        await alice.send_json({"message": "hi"})
        assert await alice.wait_closed() == 1011


async def talk(run: Run) -> None:
    """Say something, and hear it."""
    async with run.connect("/ws/chat/lobby/") as alice:
        await alice.send_json({"message": "hi"})
        assert (await alice.receive_json(timeout=10))["message"] == "hi"


async def use(run: Run) -> None:
    """Use all of the site: a room, the page, the database, and a worker."""
    await run.worker("tasks")
    assert (await run.get("/")).text == "hello"
    async with run.connect("/ws/chat/lobby/") as alice, run.connect("/ws/who/", name="bob") as bob:
        await alice.send_json({"message": "hi"})
        assert await alice.receive_json() == {"message": "hi"}
        await alice.send_json({"message": "task shout"})
        assert await alice.receive_json(5) == {"message": "SHOUT"}
        await bob.send_json({})
        assert await bob.receive_json(5) == {"user": "AnonymousUser", "people": 3}


APPS = '"daphne", "django.contrib.contenttypes", "django.contrib.auth", "django.contrib.sessions", "channels", "chat"'
STATIC = '"django.contrib.staticfiles", '

CASES = [
    Case(
        "connect() that does not accept",
        "not-accepted",
        files=consumer("async def connect(self):\n    self.room = 1"),
        act=knock,
    ),
    Case(
        "connect() that does not accept, in a sync consumer",
        "not-accepted",
        files=consumer("def connect(self):\n    self.room = 1", "WebsocketConsumer"),
        act=knock,
    ),
    Case(
        "accept without parentheses",
        "not-accepted",
        files=consumer("async def connect(self):\n    self.accept"),
        act=knock,
    ),
    Case(
        "accept() that is not awaited",
        "not-accepted",
        files=consumer("async def connect(self):\n    self.accept()"),
        act=knock,
    ),
    Case(
        "accept() in a sync consumer",
        neighbour_of="not-accepted",
        files=consumer("def connect(self):\n    self.accept()", "WebsocketConsumer"),
        act=enter,
    ),
    Case(
        "a client that gives up before a slow connect() accepts",
        neighbour_of="not-accepted",
        files=consumer(
            "async def connect(self):\n    import asyncio\n    await asyncio.sleep(30)\n    await self.accept()"
        ),
        act=knock,
    ),
    Case(
        "connect() that leaves accepting to the base class",
        neighbour_of="not-accepted",
        files=consumer("async def connect(self):\n    await super().connect()"),
        act=enter,
    ),
    Case(
        "a handler with a typo",
        "handler-typo",
        edits={"chat/consumers.py": ("def chat_message", "def chat_mesage")},
        act=say,
    ),
    Case(
        "no handler at all",
        "handler-typo",
        edits={"chat/consumers.py": ('"chat.message"', '"typing"')},
        act=say,
    ),
    Case("the chat", neighbour_of="handler-typo", act=talk),
    Case(
        "daphne after staticfiles",
        "daphne-not-first",
        edits={"config/settings.py": (APPS, STATIC + APPS)},
        start="runserver",
        raises=ProcessEnded,
    ),
    Case(
        "daphne before staticfiles",
        neighbour_of="daphne-not-first",
        edits={"config/settings.py": ('"daphne", ', '"daphne", ' + STATIC)},
        start="runserver",
    ),
    Case(
        "the whole site",
        neighbour_of="handler-typo",
        base="site",
        redis=True,
        database=True,
        act=use,
    ),
]
