"""Real servers for a client to talk to."""

import asyncio
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest

from channels_lab.record.events import Event
from channels_lab.record.reading import read_record
from channels_lab.running import servers
from channels_lab.running.process import Process
from channels_lab.running.servers import Listener, Redis
from channels_lab.running.warmstart import WarmStart
from channels_lab.wire.handshake import connect


@dataclass
class Site:
    """A running server or worker, the project behind it, and what its clients noted."""

    process: Process
    port: int
    project: Path
    events: list[Event] = field(default_factory=list)

    def connect(self, path: str = "/ws/odd/", **options: Any) -> connect:
        """Open a WebSocket."""
        return connect(self.port, path, events=self.events, **options)

    async def get(self, path: str) -> httpx.Response:
        """GET a page."""
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{self.port}", trust_env=False) as http:
            return await http.get(path)

    @property
    def record(self) -> list[Event]:
        """What the recorder has written."""
        assert self.process.record_file
        return read_record(self.process.record_file, self.process.name)

    @property
    def everything(self) -> list[Event]:
        """What the recorder has written, its clients and we have noted, in order."""
        _ = self.process.alive  # hears what has been told so far
        return sorted([*self.record, *self.events, *self.process.events])

    def recorded(self, kind: str) -> list[Event]:
        """The record's events of one kind."""
        return [event for event in self.record if event.kind == kind]

    async def until(self, kind: str, number: int = 1, timeout: float = 5) -> list[Event]:
        """Wait until so many events of a kind are recorded. A file tells nobody that it has grown: so this looks."""
        deadline = time.monotonic() + timeout
        while len(found := self.recorded(kind)) < number:
            assert time.monotonic() < deadline, "\n".join(str(event)[:200] for event in self.record[-20:])
            await asyncio.sleep(0.01)
        return found


class Host:
    """Starts servers, workers and Valkey on one project."""

    def __init__(self, project: Path, keeper: WarmStart) -> None:
        self.project = project
        self.env: dict[str, str] = {}
        self._keeper = keeper
        self._started: list[Process | Redis] = []

    def write(self, path: str, text: str) -> None:
        """Write one of the project's files."""
        (self.project / path).parent.mkdir(parents=True, exist_ok=True)
        (self.project / path).write_text(text, encoding="utf-8")

    def append(self, path: str, text: str) -> None:
        """Write at the end of one of the project's files."""
        self.write(path, f"{(self.project / path).read_text(encoding='utf-8')}\n{text}")

    async def serve(self, consumers: str = "", *, name: str = "main", command: str = "daphne", **options: Any) -> Site:
        """A server that is ready; `consumers` is more code for chat/consumers.py, its classes routed by name."""
        if consumers:
            self.append("chat/consumers.py", consumers)
            self.append("chat/routing.py", _ROUTES)
        listener = Listener.open()
        try:
            if command == "daphne":
                options["keeper"] = self._keeper
            start = servers.daphne if command == "daphne" else servers.runserver
            process = start(self.project, listener=listener, name=name, env=self.env, **options)
            self._started.append(process)
            return Site(await process.ready(20), listener.port, self.project)
        finally:
            listener.socket.close()

    async def work(self, *channels: str, name: str = "worker") -> Site:
        """A worker that listens."""
        process = servers.worker(self.project, channels, name=name, env=self.env)
        self._started.append(process)
        return Site(await process.ready(20), 0, self.project)

    async def redis(self, backend: str = "channels_redis.core.RedisChannelLayer", **config: Any) -> None:
        """Start a Valkey, and let the project's channel layer be on it."""
        started = await servers.redis(name=f"redis{len(self._started)}", keeper=self._keeper)
        self._started.append(started)
        config = {"hosts": [started.url], **config}
        self.append(
            "config/settings.py", f'CHANNEL_LAYERS = {{"default": {{"BACKEND": {backend!r}, "CONFIG": {config}}}}}'
        )

    async def stop(self) -> None:
        """Stop everything, the newest first."""
        for one in reversed(self._started):
            await one.stop()


# Below a consumer's name in lower case, like /ws/printer/.
_ROUTES = """
from channels.consumer import AsyncConsumer

websocket_urlpatterns += [
    path(f"ws/{name.lower()}/", value.as_asgi())
    for name, value in vars(consumers).items()
    if isinstance(value, type) and issubclass(value, AsyncConsumer) and value.__module__ == "chat.consumers"
]
"""


@pytest.fixture
async def host(project: Path, keeper: WarmStart) -> AsyncIterator[Host]:
    """Starts servers on the small chat project, and stops them after the test."""
    made = Host(project, keeper)
    try:
        yield made
    finally:
        await made.stop()


@pytest.fixture
async def site(host: Host) -> Site:
    """The small chat project, served by Daphne."""
    return await host.serve()


def listener_port(process: Process) -> int:
    """The port in the command that a person would type."""
    words = process.command.split()
    return int(words[words.index("-p") + 1])
