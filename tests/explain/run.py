"""A run of a case: what its `act` is given to talk to the project, and what the evidence is gathered from."""

import asyncio
import itertools
import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from channels_lab.explain.evidence import Evidence
from channels_lab.explain.gather import gather
from channels_lab.record.events import Event
from channels_lab.running import servers
from channels_lab.running.nginx import nginx
from channels_lab.running.process import Process
from channels_lab.running.servers import Listener, Redis
from channels_lab.wire.handshake import Refused, connect
from tests.conftest import ROOT, _need

__all__ = ["Run"]


# Runs go on side by side, and each has servers of its own.
_numbers = itertools.count()


@dataclass
class Run:
    """A project that runs. `env` is what each process is given beside the usual; `error` is what the cell raised."""

    project: Path
    env: dict[str, str] = field(default_factory=dict)
    cell: str = ""
    error: BaseException | None = None
    processes: list[Process] = field(default_factory=list)
    ports: dict[str, int] = field(default_factory=dict)
    clients: list[Event] = field(default_factory=list)
    _redis: list[Redis] = field(default_factory=list)

    # Talking

    def connect(self, path: str, *, to: str = "main", name: str = "alice", **options: Any) -> connect:
        """Open a WebSocket: `async with run.connect("/ws/odd/") as alice`; options as in `wire.handshake`."""
        return connect(self.ports[to], path, name=name, events=self.clients, **options)

    async def refused(self, path: str, status: int | None, **options: Any) -> Refused:
        """Open a WebSocket and see it refused with this HTTP status (None: no answer came within `timeout`)."""
        try:
            client = await self.connect(path, **options)
        except Refused as error:
            assert error.status == status, f"{path} was refused with {error.status}, not {status}"
            return error
        await client.close()
        raise AssertionError(f"{path} was accepted")

    async def get(self, path: str, *, to: str = "main", **options: Any) -> httpx.Response:
        """GET a page."""
        async with httpx.AsyncClient(
            base_url=f"http://127.0.0.1:{self.ports[to]}", trust_env=False, timeout=10
        ) as http:
            return await http.get(path, **options)

    # Starting

    async def server(self, name: str = "main", *options: str, command: str = "daphne") -> Process:
        """Start a Daphne, or `command="runserver"`, and wait until it is ready."""
        listener = Listener.open()
        try:
            self.ports[name] = listener.port
            if command == "runserver":
                process = servers.runserver(self.project, listener=listener, name=name, env=self.env)
            else:
                process = servers.daphne(self.project, listener=listener, name=name, env=self.env, options=options)
            self.processes.append(process)
            return await process.ready(20)
        finally:
            listener.socket.close()

    async def worker(self, *channels: str, name: str = "worker") -> Process:
        """Start `manage.py runworker`, and wait until it listens."""
        process = servers.worker(self.project, channels, name=name, env=self.env)
        self.processes.append(process)
        return await process.ready(20)

    async def manage(self, *words: str) -> int:
        """Run a command of manage.py to its end; returns its exit status."""
        process = servers.manage(self.project, *words, env=self.env)
        self.processes.append(process)
        return await process.end(60)

    async def nginx(self, limit: str) -> int:
        """Start Nginx before the servers, as the finished site does but for its `limit_conn`; returns the port."""
        _need("nginx")
        deploy = self.project / "deploy"
        shutil.copytree(ROOT / "tutorial_project" / "deploy", deploy)
        listener = Listener.open()
        try:
            process = nginx(
                deploy / "nginx.conf", list(self.ports.values()), listener=listener, settings={"limit_conn": limit}
            )
            self.processes.append(process)
            await process.ready(20)
            return listener.port
        finally:
            listener.socket.close()

    async def redis(self, *, tcp: bool = False) -> Redis:
        """Start a Valkey or Redis server, and put its URL into REDIS_URL for what is started after it."""
        redis = await servers.redis(name=f"redis{next(_numbers)}", tcp=tcp)
        self._redis.append(redis)
        self.env = self.env | {"REDIS_URL": redis.url}
        return redis

    # Looking

    def evidence(self) -> Evidence:
        """The evidence so far, as the notebook gathers it."""
        return gather(self.processes, self.clients, self.project, self.error, self.cell)

    async def until(self, holds: Callable[[Evidence], object], timeout: float = 5) -> Evidence:
        """Look until something holds of the evidence, and return that; fails after `timeout` seconds.

        A file tells nobody that it has grown: so this looks again every 10 ms.
        """
        deadline = time.monotonic() + timeout
        while not holds(evidence := self.evidence()):
            if time.monotonic() > deadline:
                raise AssertionError(f"not seen within {timeout:g} s; {evidence.looked_at}\n{_told(evidence)}")
            await asyncio.sleep(0.01)
        return evidence

    async def settled(self, timeout: float = 2) -> Evidence:
        """Wait until the servers, where they run, have noted the end of the connections that clients have ended."""
        try:
            return await self.until(_is_settled, timeout)
        except AssertionError:
            return self.evidence()  # a consumer may hang: that is evidence, too

    async def stop(self) -> None:
        """Stop all that was started."""
        await asyncio.gather(*(process.stop() for process in self.processes))
        for redis in self._redis:
            await redis.stop()


def _is_settled(evidence: Evidence) -> bool:
    left = {event.name for event in evidence.of("closed", "client") + evidence.of("refused", "client")}
    return all(connection.over for connection in evidence.connections if connection.client in left)


def _told(evidence: Evidence) -> str:
    events = "\n".join(f"{e.side} {e.name} #{e.connection} {e.kind} {e.details}"[:200] for e in evidence.events[-40:])
    logs = "\n".join(f"--- {name}\n{log[-2000:]}" for name, log in evidence.logs.items())
    return f"{events}\n{logs}"
