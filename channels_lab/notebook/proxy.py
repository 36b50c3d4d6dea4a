"""A proxy before a server, as a lesson holds it: visitors come through it."""

from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

import httpx

from channels_lab.notebook.progress import Progress
from channels_lab.wire.handshake import connect
from channels_lab.wire.relay import Relay
from channels_lab.wire.visitor import Visitor

if TYPE_CHECKING:
    from channels_lab.notebook.server import Server

__all__ = ["Proxy"]


class Proxy:
    """`async with server.relay(hold=8192) as proxy`: the server's visitors, through a relay on a `port` of its own."""

    progress = Progress  # what tells how far a measurement through it is

    def __init__(self, server: "Server", relay: Relay) -> None:
        self._server = server
        self._relay = relay

    def __repr__(self) -> str:
        return f"<proxy before {self._server.name}: holds {self.held} bytes>"

    @property
    def port(self) -> int:
        """Where it listens, on the loopback address."""
        return self._relay.port

    @property
    def held(self) -> int:
        """How many bytes of answers it holds back now."""
        return self._relay.held

    def visitor(self, name: str) -> Visitor:
        """As `server.visitor`, through the proxy."""
        return Visitor(name, self.port, events=self._server._events, taps=self._server._taps)

    def connect(self, path: str, *, name: str = "client", **options: Any) -> connect:
        """As `server.connect`, through the proxy."""
        taps = self._server._taps
        return connect(self.port, path, name=name, events=self._server._events, on_tap=taps.add, **options)

    async def get(self, path: str, **options: Any) -> httpx.Response:
        """As `server.get`, through the proxy; raises as httpx does."""
        async with self.visitor("http") as visitor:
            return await visitor.get(path, **options)

    async def __aenter__(self) -> Self:
        await self._relay.__aenter__()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._relay.__aexit__(kind, error, trace)
