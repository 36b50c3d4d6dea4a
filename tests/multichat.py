"""The finished site's chat for tests: people who are logged in, and servers on either layer."""

import json
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import psutil
import pytest
from redis.asyncio import Redis

from channels_lab.running import servers
from channels_lab.wire.client import Client
from channels_lab.wire.handshake import connect
from tests.site.test_projects import plain

if TYPE_CHECKING:
    from tests.site.conftest import Serve, Up

WAIT = 8  # seconds, for whatever is awaited
LAYERS = ["memory", "redis"]

_SESSIONS = """
import json
from django.contrib.auth.models import User
from django.test import Client

cookies = {}
for user in User.objects.all():
    client = Client()
    client.force_login(user)
    cookies[user.username] = client.cookies["sessionid"].value
print(json.dumps(cookies))
"""


class Person:
    """Somebody at a WebSocket of the chat."""

    def __init__(self, client: Client) -> None:
        self.client = client

    async def says(self, command: str, **keys: Any) -> None:
        """Send a command."""
        await self.client.send_json({"command": command, **keys})

    async def hears(self, **expected: Any) -> dict[str, Any]:
        """Return the next frame, which has these values."""
        heard: dict[str, Any] = await self.client.receive_json(WAIT)
        assert {key: heard.get(key) for key in expected} == expected, heard
        return heard

    async def hears_until(self, **expected: Any) -> dict[str, Any]:
        """Return the next frame with these values; what comes before it is passed over."""
        while True:
            heard: dict[str, Any] = await self.client.receive_json(WAIT)
            if {key: heard.get(key) for key in expected} == expected:
                return heard

    async def hears_nothing_more(self) -> None:
        """See that nothing has come: what is asked now is answered next."""
        await self.says("?")
        await self.hears(error="UNKNOWN_COMMAND")

    async def joins(self, room: object = 1, **keys: Any) -> dict[str, Any]:
        """Join a room; returns the answer."""
        await self.says("join", room=room, **keys)
        return await self.hears(join=str(room))

    async def sends(self, message: str, room: object = 1, **keys: Any) -> int:
        """Say something in a room, hear it oneself, and return its id."""
        await self.says("send", room=room, message=message, **keys)
        return int((await self.hears(msg_type=0, message=message))["id"])


@dataclass
class Chat:
    """A server with the chat."""

    up: "Up"
    cookies: dict[str, str]
    redis: str = ""
    valkey: psutil.Process | None = None  # of its own

    def kill(self) -> None:
        """End the server as a crash would."""
        psutil.Process(self.up.process.pid).kill()

    @asynccontextmanager
    async def enter(self, *names: str, path: str = "/ws/rooms/", **options: Any) -> AsyncIterator[Any]:
        """Connect people, by name; one alone, several as a list."""
        async with AsyncExitStack() as stack:
            people = []
            for name in names:
                cookies = {"sessionid": self.cookies[name]} if name else {}
                client = connect(self.up.port, path, name=name or "stranger", cookies=cookies, **options)
                people.append(Person(await stack.enter_async_context(client)))
            yield people if len(people) > 1 else people[0]

    @asynccontextmanager
    async def browser(self, name: str = "") -> AsyncIterator[httpx.AsyncClient]:
        """An HTTP client, logged in by name."""
        cookies = {"sessionid": self.cookies[name]} if name else {}
        url = f"http://127.0.0.1:{self.up.port}"
        async with httpx.AsyncClient(base_url=url, trust_env=False, cookies=cookies, timeout=20) as http:
            yield http


async def program_of(url: str) -> psutil.Process:
    """The Valkey itself, which says its number: what we have started is the process that minds it."""
    async with Redis.from_url(url, socket_timeout=WAIT) as client:
        return psutil.Process((await client.info("server"))["process_id"])


Chats = Callable[..., AbstractAsyncContextManager[Chat]]


@pytest.fixture(scope="session")
def cookies(migrated_once: Path) -> dict[str, str]:
    """The session of each of the given people, in all copies of the site."""
    done = subprocess.run(
        [sys.executable, "manage.py", "shell", "-v0", "-c", _SESSIONS],
        cwd=migrated_once,
        env=plain(),
        capture_output=True,
        text=True,
        check=True,
    )
    found: dict[str, str] = json.loads(done.stdout.splitlines()[-1])
    return found


@pytest.fixture
def chats(serve: "Serve", cookies: dict[str, str]) -> Chats:
    """Starts servers on one site: `async with chats("redis") as chat`; two of "redis" share a Valkey."""

    @asynccontextmanager
    async def started(layer: str = "memory", *, redis: str = "", **options: Any) -> AsyncIterator[Chat]:
        async with AsyncExitStack() as stack:
            own = None
            if layer == "redis" and not redis:
                valkey = await servers.redis()
                stack.push_async_callback(valkey.stop)
                redis, own = valkey.url, await program_of(valkey.url)
            env = {"REDIS_URL": redis, **options.pop("env", {})}
            options.setdefault("record", False)
            yield Chat(await stack.enter_async_context(serve(env=env, **options)), cookies, redis, own)

    return started


@pytest.fixture(params=[*LAYERS, "redis, hub"])
async def chat(request: pytest.FixtureRequest, chats: Chats) -> AsyncIterator[Chat]:
    """A server with the chat, once on each layer, and with the hub."""
    layer, _, hub = request.param.partition(", ")
    async with chats(layer, env={"MULTICHAT_CONSUMER": "multichat.hub.HubConsumer" if hub else ""}) as one:
        yield one
