"""The finished site over a channel layer that can be hurt: Valkey killed, frozen, emptied, full; and its people."""

import asyncio
import json
import re
import signal
import sqlite3
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager, closing, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import psutil
from redis.asyncio import Redis

from channels_lab.running import servers
from channels_lab.running.process import Process
from channels_lab.running.servers import Listener
from channels_lab.wire.client import Client, Closed
from channels_lab.wire.handshake import connect

__all__ = ["BACKENDS", "Chat", "Person", "Up", "Valkey", "log_in", "until"]

BACKENDS = {
    "memory": "",
    "core": "channels_redis.core.RedisChannelLayer",
    "pubsub": "channels_redis.pubsub.RedisPubSubChannelLayer",
}
# What the layer's settings are where a test does not say: one line more in the copy's settings.
SETTINGS = """
if REDIS_URL:
    CHANNEL_LAYERS["default"]["BACKEND"] = {backend!r}
CHANNEL_LAYERS["default"].setdefault("CONFIG", {{}}).update({config!r})
"""

# The site as it is, with doors for tests: who is in a group; and a consumer that is held up at a gate.
DOORS = """
import asyncio
import json

from config.asgi import application as site
from channels.auth import AuthMiddlewareStack
from channels.layers import get_channel_layer
from multichat.desk import DeskConsumer

gate = asyncio.Event()


class Slow(DeskConsumer):
    async def room_message(self, event):
        await gate.wait()
        await super().room_message(event)


slow = AuthMiddlewareStack(Slow.as_asgi())


async def application(scope, receive, send):
    if scope["path"] == "/ws/slow/":
        return await slow(scope, receive, send)
    if scope["path"] not in ("/groups/", "/open/"):
        return await site(scope, receive, send)
    if scope["path"] == "/open/":
        gate.set()
    groups = getattr(get_channel_layer(), "groups", {})
    body = {group.removeprefix("asgi__group__"): sorted(channels) for group, channels in groups.items()}
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": json.dumps(body).encode()})
"""


class Valkey:
    """A real Valkey on one address, which comes back there after it was killed."""

    def __init__(self) -> None:
        self.url = ""
        self._running: servers.Redis | None = None
        self._server: psutil.Process | None = None

    async def start(self) -> None:
        """Start it, or start it again where it was."""
        self._running = await servers.redis(name="hurt")
        self.url = self._running.url
        async with self.client() as client:
            self._server = psutil.Process((await client.info("server"))["process_id"])

    @asynccontextmanager
    async def client(self, *, decode_responses: bool = True) -> AsyncIterator[Any]:
        """A client for a look into it, or to change it."""
        async with Redis.from_url(self.url, decode_responses=decode_responses, socket_timeout=5) as client:
            yield client

    async def config(self, **settings: object) -> None:
        """CONFIG SET."""
        async with self.client() as client:
            for name, value in settings.items():
                await client.config_set(name.replace("_", "-"), value)

    async def kill(self) -> None:
        """SIGKILL: it says goodbye to nobody."""
        assert self._running and self._server and self._running.process
        self._server.send_signal(signal.SIGKILL)
        assert await self._running.process.wait_ended(5)
        await self._running.stop()
        self._running = None

    def freeze(self) -> None:
        """SIGSTOP: its connections stay open, and nothing is answered."""
        assert self._server
        self._server.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """SIGCONT."""
        assert self._server
        self._server.send_signal(signal.SIGCONT)

    async def stop(self) -> None:
        """End it, as it may be."""
        if self._running:
            with suppress(psutil.Error):
                self.thaw()
            await self._running.stop()


@dataclass
class Up:
    """A Daphne that is ready."""

    process: Process
    port: int

    async def get(self, path: str) -> httpx.Response:
        """GET a page."""
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{self.port}", trust_env=False) as http:
            return await http.get(path)

    async def until_logged(self, pattern: str, timeout: float = 10) -> str:
        """Wait for a line in its log. A file tells nobody that it has grown: so this looks."""
        deadline = time.monotonic() + timeout
        while not (found := re.search(pattern, self.process.log)):
            assert time.monotonic() < deadline, self.process.log[-3000:]
            await asyncio.sleep(0.01)
        return found[0]


class Person:
    """Somebody at a socket of the site."""

    def __init__(self, client: Client) -> None:
        self.client = client
        self.ids: list[int] = []

    async def say(self, command: str, **keys: object) -> None:
        """Send a command."""
        await self.client.send_json({"command": command, **keys})

    async def hear(self, timeout: float = 10, **wanted: object) -> dict[str, Any]:
        """Return the next message that has these keys and values (`...`: any); others are read on the way."""
        deadline = time.monotonic() + timeout
        while True:
            heard = await self.client.receive_json(max(deadline - time.monotonic(), 0.01))
            if heard.get("msg_type") == 0:
                self.ids.append(heard["id"])
            if all(key in heard and value in (..., heard[key]) for key, value in wanted.items()):
                return dict(heard)

    async def join(self, room: int = 1, **keys: object) -> dict[str, Any]:
        """Join a room; returns the answer."""
        await self.say("join", room=room, **keys)
        return await self.hear(join=str(room))

    async def send(self, text: str, room: int = 1, **keys: object) -> None:
        """Say something in a room."""
        await self.say("send", room=room, message=text, **keys)

    async def tells(self, other: "Person", text: str, room: int = 1) -> None:
        """Say something, and see that the other one hears it."""
        await self.send(text, room)
        await other.hear(message=text, room=str(room))


@dataclass
class Chat:
    """A copy of the site, its layer, and the servers and people on it."""

    site: Path
    layer: str
    cookies: dict[str, dict[str, str]]
    valkey: Valkey
    stack: AsyncExitStack
    env: dict[str, str] = field(default_factory=dict)

    def configure(self, **config: object) -> None:
        """Settings of the channel layer, as `expiry`; before a server starts."""
        with (self.site / "config" / "settings.py").open("a") as settings:
            settings.write(SETTINGS.format(backend=BACKENDS[self.layer], config=config))

    async def serve(
        self,
        name: str = "main",
        application: str = "doors:application",
        *,
        options: tuple[str, ...] = (),
        cold: bool = False,
        **env: object,
    ) -> Up:
        """Start a Daphne; `cold`, in an interpreter of its own."""
        (self.site / "doors.py").write_text(DOORS)
        listener = Listener.open()
        self.stack.callback(listener.socket.close)
        url = {"REDIS_URL": self.valkey.url if BACKENDS[self.layer] else ""}
        words = self.env | url | {key: str(value) for key, value in env.items()}
        settings = {"options": options, "env": words, "record": False, "cold": cold}
        process = servers.daphne(self.site, application, listener=listener, name=name, **settings)  # type: ignore[arg-type]
        self.stack.push_async_callback(process.stop)
        up = Up(process, listener.port)
        await process.ready(20)
        listener.socket.close()  # only the server listens: when it has gone, a client is refused and does not wait
        return up

    async def person(self, up: Up, name: str, path: str = "/ws/rooms/", **options: Any) -> Person:
        """Open a socket as somebody."""
        client = await self.stack.enter_async_context(
            connect(up.port, path, name=name, cookies=self.cookies[name], **options)
        )
        return Person(client)

    async def people(self, up: Up, *names: str, room: int = 1, **keys: object) -> list[Person]:
        """Open sockets, and join a room with each."""
        opened = [await self.person(up, name) for name in names]
        for one in opened:
            await one.join(room, **keys)
        return opened

    async def again(self, up: Up, name: str, timeout: float = 15, **keys: object) -> Person:
        """What a page does that was disconnected: try until it is in the room again."""
        deadline = time.monotonic() + timeout
        while True:
            one = await self.person(up, name)
            with suppress(Closed):
                await one.join(**keys)
                return one
            assert time.monotonic() < deadline, up.process.log[-3000:]

    async def members(self, up: Up, group: str) -> list[str]:
        """Which channels are in a group, as Redis knows, or as this server does."""
        if self.layer != "core":
            return list((await up.get("/groups/")).json().get(group, []))
        async with self.valkey.client() as client:
            return list(await client.zrange(f"asgi:group:{group}", 0, -1))

    def sql(self, words: str) -> list[Any]:
        """Do something to the database behind the site's back; returns the rows."""
        with closing(sqlite3.connect(self.site / "db.sqlite3", timeout=10)) as database, database:
            return [row[0] for row in database.execute(words)]


async def until(what: Callable[[], Awaitable[object]], timeout: float = 10) -> None:
    """Wait for something that nobody tells."""
    deadline = time.monotonic() + timeout
    while not await what():
        assert time.monotonic() < deadline, what
        await asyncio.sleep(0.02)


SESSIONS = """
import json
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY, get_user_model
from django.contrib.sessions.backends.db import SessionStore
found = {}
for user in get_user_model().objects.filter(username__in=["alice", "bob", "sam"]):
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.save()
    found[user.username] = {"sessionid": session.session_key}
print(json.dumps(found))
"""


def log_in(site: Path, manage: Callable[..., str]) -> dict[str, dict[str, str]]:
    """Log alice, bob and sam in, without the second that each password takes; returns their cookies."""
    return dict(json.loads(manage(site, "shell", "--no-imports", "-c", SESSIONS).strip().splitlines()[-1]))
