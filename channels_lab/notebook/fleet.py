"""The fleet in a notebook: what the lab runs now and who is connected to it, drawn anew while it changes."""

import asyncio
import contextlib
from collections import Counter
from collections.abc import Callable
from types import TracebackType
from typing import Any, Self

import psutil
from IPython import get_ipython
from IPython.display import display

from channels_lab.notebook.nginx import Nginx
from channels_lab.notebook.server import Server
from channels_lab.picture.drawn import Drawn
from channels_lab.picture.fleet import Fleet, Member
from channels_lab.running.process import Process

__all__ = ["LiveFleet", "fleet_of"]

_PAUSE = 0.25  # seconds between two looks


class LiveFleet:
    """A picture of the fleet: as it is when it is shown, or, inside an `async with`, as it changes.

    `look` takes a look. When the block is over, the picture stays as it was when last somebody was connected.
    """

    def __init__(self, look: Callable[[], Fleet]) -> None:
        self._look = look
        self._handle: Any = None
        self._watching: asyncio.Task[None] | None = None
        self.seen: list[Fleet] = []

    async def __aenter__(self) -> Self:
        self.seen = [self._look()]
        if hasattr(get_ipython(), "kernel"):
            self._handle = display(self.drawn, display_id=True)
        self._watching = asyncio.create_task(self._watch())
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._watching
        self._watching.cancel()
        await asyncio.gather(self._watching, return_exceptions=True)
        self._draw()
        with_clients = [fleet for fleet in self.seen if fleet.connections]
        if self._handle and with_clients and not self.seen[-1].connections:
            self._handle.update(with_clients[-1].drawn())

    @property
    def drawn(self) -> Drawn:
        """The newest picture."""
        return (self.seen[-1] if self.seen else self._look()).drawn()

    def __str__(self) -> str:
        return str(self.drawn)

    __repr__ = __str__

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, str]:
        return self.drawn._repr_mimebundle_()

    async def _watch(self) -> None:
        while True:
            await asyncio.sleep(_PAUSE)
            self._draw()

    def _draw(self) -> None:
        if (now := self._look()) != self.seen[-1]:
            self.seen.append(now)
            if self._handle:
                self._handle.update(now.drawn())


def fleet_of(servers: list[Server], redis: Process | None, workers: list[Process]) -> Fleet:
    """Look at what runs now, and count the open connections of each server."""
    fronts = [server for server in servers if isinstance(server, Nginx)]
    front = fronts[-1] if fronts else None
    through = front.spread() if front and front.process.alive else {}
    members = [
        Member(
            server.name,
            server.process.alive,
            through.get(server.name, 0),
            max(0, _connected(server) - through.get(server.name, 0)),
        )
        for server in servers
        if not isinstance(server, Nginx)
    ]
    return Fleet(
        members,
        (front.name if front.is_real else "stand-in") if front else "",
        "Valkey" if redis and redis.alive else "",
        [Member(worker.name, worker.alive) for worker in workers],
    )


def _connected(server: Server) -> int:
    """How many connections a server has open on its port."""
    if not server.process.alive:
        return 0
    with contextlib.suppress(psutil.Error):
        found = psutil.Process(server.process.pid).net_connections("tcp")
        ports = Counter(one.laddr.port for one in found if one.status == psutil.CONN_ESTABLISHED)
        return ports[server.port]
    return 0
