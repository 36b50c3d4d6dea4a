"""A WebSocket client for lessons: `websockets`' own, with a name, an Origin, deadlines, and a memory."""

import asyncio
import json
import time
from contextlib import suppress
from typing import Any

from websockets.asyncio.client import ClientConnection
from websockets.exceptions import ConcurrencyError, ConnectionClosed

from channels_lab.errors import LabError
from channels_lab.picture.octets.bytes_view import BytesView
from channels_lab.record.events import Event
from channels_lab.record.masking import masked
from channels_lab.wire.tap import Tap

__all__ = ["Client", "Closed", "NothingCame", "SomethingCame"]

_SHOWN = 5


class Closed(LabError):
    """The connection is closed; `code` and `reason` are those of the close frame (RFC 6455, section 7.4)."""

    def __init__(self, message: str, fix: str = "", code: int = 1006, reason: str = "") -> None:
        super().__init__(message, fix)
        self.code = code
        self.reason = reason


class NothingCame(LabError, TimeoutError):
    """A message was awaited, and none came before the deadline."""


class SomethingCame(LabError, AssertionError):
    """Nothing should have come, and a message did."""


class Client:
    """One open WebSocket connection, by name. Every wait has a deadline (`timeout`, in seconds).

    `received` holds the messages that came, as they came; `events` what happened, for the diagram; `tap` the bytes.
    """

    def __init__(self, name: str, connection: ClientConnection, events: list[Event], tap: Tap | None = None) -> None:
        self.name = name
        self.connection = connection
        self.events = events
        self.tap = tap or Tap(name)
        self.received: list[str | bytes] = []
        self._over = False

    def __repr__(self) -> str:
        return f"<{self.name}: {self.connection.state.name.lower()}>"

    @property
    def subprotocol(self) -> str | None:
        """The subprotocol that the server chose, if any."""
        return self.connection.subprotocol

    async def send(self, message: str | bytes, timeout: float = 5) -> None:
        """Send a text or binary message; raises Closed when the connection is closed, LabError for another value."""
        if not isinstance(message, str | bytes):
            raise LabError(
                f"send() takes text or bytes, not a {type(message).__name__}.", "send_json(…) encodes a value as JSON."
            )
        self._note("sent", message=_short(message))
        try:
            async with asyncio.timeout(timeout):
                await self.connection.send(message)
        except ConnectionClosed:
            raise self._closed("could not send") from None
        except TimeoutError:
            raise NothingCame(
                f"{self.name} could not send within {timeout:g} s: the server does not read.",
                "Look at server.log().",
            ) from None

    async def send_json(self, value: Any, timeout: float = 5) -> None:
        """Send a value as JSON text."""
        await self.send(json.dumps(value, ensure_ascii=False), timeout)

    async def receive(self, timeout: float = 2) -> str | bytes:
        """Return the next message; raises NothingCame after `timeout` seconds, Closed when the connection is."""
        try:
            async with asyncio.timeout(timeout):
                message = await self.connection.recv()
        except TimeoutError:
            self._note("waited", seconds=timeout)
            raise NothingCame(
                f"{self.name} waited {timeout:g} s for a message, and none came. {self._so_far()}",
                "Did the consumer send? Is this connection in the group? server.diagram() shows what happened.",
            ) from None
        except ConnectionClosed:
            raise self._closed("waited for a message") from None
        self.received.append(message)
        self._note("received", message=_short(message))
        return message

    async def receive_json(self, timeout: float = 2) -> Any:
        """Return the next message, decoded from JSON; raises LabError when it is none."""
        message = await self.receive(timeout)
        try:
            return json.loads(message)
        except ValueError:
            raise LabError(
                f"{self.name} expected JSON and got {_short(message)!r}.",
                "receive() returns a message as it is.",
            ) from None

    async def receive_nothing(self, timeout: float = 0.2) -> None:
        """Wait `timeout` seconds and see that nothing comes; raises SomethingCame when a message does."""
        try:
            async with asyncio.timeout(timeout):
                message = await self.connection.recv()
        except TimeoutError:
            self._note("waited", seconds=timeout)
            return
        except ConnectionClosed:
            raise self._closed("expected to hear nothing") from None
        self.received.append(message)
        self._note("received", message=_short(message))
        raise SomethingCame(f"{self.name} should have received nothing for {timeout:g} s, and got {_short(message)!r}.")

    async def wait_closed(self, timeout: float = 5) -> int:
        """Wait until the server closes the connection; returns the close code. Messages on the way are kept."""
        try:
            async with asyncio.timeout(timeout):
                while True:
                    message = await self.connection.recv()
                    self.received.append(message)
                    self._note("received", message=_short(message))
        except ConnectionClosed:
            return self._closed("").code
        except TimeoutError:
            raise NothingCame(
                f"{self.name} waited {timeout:g} s for the server to close, and it did not. {self._so_far()}"
            ) from None

    async def close(self, code: int = 1000, reason: str = "") -> None:
        """Close the connection, if it is open."""
        self._note("closing", code=code)
        # The server's own close frame stands behind what nobody has read.
        reading = asyncio.create_task(self._read_away())
        try:
            await self.connection.close(code, reason)
        finally:
            reading.cancel()
        self._note_closed()

    def bytes_view(self) -> BytesView:
        """The bytes of this connection so far, from its handshake on, each field marked."""
        return BytesView.of_tap(self.tap)

    async def _read_away(self) -> None:
        with suppress(ConnectionClosed, ConcurrencyError):  # the latter: another task of the cell's reads
            while True:
                await self.connection.recv()

    def _note(self, kind: str, **details: Any) -> None:
        self.events.append(Event(time.monotonic(), "client", kind, name=self.name, details=details))

    def _note_closed(self) -> None:
        if not self._over:
            self._over = True
            self._note("closed", code=self.connection.close_code, reason=self.connection.close_reason)

    def _closed(self, doing: str) -> Closed:
        self._note_closed()
        code, reason = self.connection.close_code or 1006, self.connection.close_reason or ""
        because = f" ({reason})" if reason else ""
        return Closed(
            f"{self.name} {doing}, but the connection is closed with code {code}{because}. {self._so_far()}",
            _CODES.get(code, ""),
            code,
            reason,
        )

    def _so_far(self) -> str:
        if not self.received:
            return "Nothing had come before."
        last = ", ".join(repr(_short(message)) for message in self.received[-_SHOWN:])
        return f"Before that came {len(self.received)}: {'… ' if len(self.received) > _SHOWN else ''}{last}."


# What the codes that learners meet mean here; RFC 6455, section 7.4.1, and Daphne's habits.
_CODES = {
    1000: "1000 is a normal closure: the server (or this client) was done.",
    1006: "1006 means that no close frame came: the server was stopped, or cut the connection.",
    1009: "1009 means that a message was larger than the server takes.",
    1011: "1011 means that the consumer raised an exception: server.log() shows it.",
}


def _short(message: str | bytes, most: int = 200) -> str:
    text = masked(message) if isinstance(message, str) else f"{len(message)} bytes: {message[:40].hex(' ')}"
    return text if len(text) <= most else text[:most] + "…"
