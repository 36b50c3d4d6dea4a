"""A tap on a connection: the bytes that go over its socket, noted as they go, up to a bound."""

import asyncio
import time
from collections import deque
from typing import Any, cast

from websockets.asyncio.client import ClientConnection
from websockets.client import ClientProtocol

from channels_lab.errors import LabError
from channels_lab.picture.octets.conversation import Chunk
from channels_lab.picture.octets.field import Direction

__all__ = ["Tap", "TappedConnection", "Taps"]

_MOST_BYTES = 256 * 1024
_MOST_TAPS = 100
_MOST_NAMES = 10


class Tap:
    """The bytes of one connection, both ways, by the `name` of its client.

    Of each direction the first `most` bytes are kept in `chunks`; what is beyond is counted in `missed`. `began` and
    `ended` are when the connection opened and closed (seconds, the machine's monotonic clock); None while it is open.
    """

    def __init__(self, name: str = "client", most: int = _MOST_BYTES) -> None:
        self.name = name
        self.began = time.monotonic()
        self.ended: float | None = None
        self.chunks: list[Chunk] = []
        self.missed: dict[Direction, int] = {"sent": 0, "received": 0}
        self._room: dict[Direction, int] = {"sent": most, "received": most}

    def __repr__(self) -> str:
        return f"<tap of {self.name}: {len(self.chunks)} chunks>"

    def end(self) -> None:
        """Note that the connection has closed."""
        self.ended = self.ended or time.monotonic()

    def total(self, direction: Direction) -> int:
        """How many bytes went this way, kept or not."""
        return sum(len(chunk.data) for chunk in self.chunks if chunk.direction == direction) + self.missed[direction]

    def note(self, direction: Direction, data: bytes) -> None:
        """Keep these bytes, which were sent or received just now."""
        room = self._room[direction]
        if len(data) > room:
            self.missed[direction] += len(data) - room
            data = data[:room]
        if data:
            self._room[direction] = room - len(data)
            # bytes() copies only what may still change: a bytearray, a memoryview.
            self.chunks.append(Chunk(time.monotonic(), direction, bytes(data)))


class Taps:
    """The taps of the newest connections, a hundred of them; a test that opens thousands keeps no more."""

    def __init__(self) -> None:
        self._taps: deque[Tap] = deque(maxlen=_MOST_TAPS)

    def add(self, tap: Tap) -> None:
        """Keep a tap."""
        self._taps.append(tap)

    def new(self, name: str) -> Tap:
        """A new tap, kept."""
        self.add(Tap(name))
        return self._taps[-1]

    def newest(self, name: str | None = None) -> Tap:
        """The tap of the newest connection, or of the newest by this name; raises LabError where there is none."""
        for tap in reversed(self._taps):
            if name in (None, tap.name):
                return tap
        if not self._taps:
            raise LabError("Nothing has been connected yet.", "Connect first:  async with server.connect(…) as alice .")
        known = list(dict.fromkeys(tap.name for tap in reversed(self._taps)))
        more = ", …" if len(known) > _MOST_NAMES else ""
        raise LabError(
            f"No connection of {name!r} is known.", f"There are those of {', '.join(known[:_MOST_NAMES])}{more}."
        )


class TappedConnection(ClientConnection):
    """`websockets`' own client connection with a tap: `create_connection=partial(TappedConnection, tap)`."""

    def __init__(self, tap: Tap, protocol: ClientProtocol, **options: Any) -> None:
        super().__init__(protocol, **options)
        self.tap = tap

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Write through the tap from now on."""
        super().connection_made(cast(asyncio.Transport, _TappedTransport(cast(asyncio.Transport, transport), self.tap)))

    def connection_lost(self, exc: Exception | None) -> None:
        """Note the end."""
        self.tap.end()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Note what came, then take it as ever."""
        self.tap.note("received", data)
        super().data_received(data)


class _TappedTransport:
    """A transport that notes what is written, and else is the one that it stands for."""

    def __init__(self, transport: asyncio.Transport, tap: Tap) -> None:
        self._transport = transport
        self._tap = tap

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)

    def write(self, data: bytes) -> None:
        self._tap.note("sent", data)
        self._transport.write(data)
