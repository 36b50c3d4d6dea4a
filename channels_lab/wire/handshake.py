"""Opening a WebSocket to a server on this machine: `websockets`' own handshake, named, timed and told."""

import asyncio
import socket
import time
from collections.abc import Awaitable, Callable, Generator
from functools import partial
from types import TracebackType
from typing import Any

from websockets.asyncio.client import connect as websockets_connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidMessage, InvalidStatus, InvalidURI
from websockets.typing import Origin, Subprotocol

from channels_lab.errors import LabError
from channels_lab.record.events import Event
from channels_lab.record.masking import masked
from channels_lab.wire.client import Client
from channels_lab.wire.tap import Tap, TappedConnection

__all__ = ["Refused", "connect"]


class Refused(LabError):
    """The server answered the handshake with an HTTP status instead of 101, or not at all; see `status`.

    `tap` holds the bytes that went over the wire until then.
    """

    def __init__(self, message: str, fix: str = "", status: int | None = None, tap: Tap | None = None) -> None:
        super().__init__(message, fix)
        self.status = status
        self.tap = tap or Tap()


class connect:  # named as a function, as in websockets: it is called like one
    """Open a connection: `await connect(…)`, or `async with connect(…) as client`.

    `port` is a loopback port and `path` begins with a slash. `origin` is sent as the Origin header, by default
    that of the server's own pages, as a browser would; None sends none. `timeout` (seconds) bounds the
    handshake; `when_gone` is awaited when nobody listens, and may raise a better reason. `on_tap` is called with
    the tap on the socket when that is connected. Raises Refused when the server does not accept.
    """

    def __init__(
        self,
        port: int,
        path: str,
        *,
        name: str = "client",
        origin: str | None = "same",
        cookies: dict[str, str] | None = None,
        headers: dict[str, str] | None = None,
        subprotocols: list[str] | None = None,
        timeout: float = 5,
        events: list[Event] | None = None,
        when_gone: Callable[[], Awaitable[None]] | None = None,
        on_tap: Callable[[Tap], None] | None = None,
    ) -> None:
        self.name = name
        self.events: list[Event] = [] if events is None else events
        self._path = path
        self._port = port
        self._timeout = timeout
        self._when_gone = when_gone
        self._on_tap = on_tap
        self._tap = Tap(name)
        sent = dict(headers or {})
        if cookies:
            sent["Cookie"] = "; ".join(f"{key}={value}" for key, value in cookies.items())
        self._options: dict[str, Any] = {
            "origin": Origin(f"http://127.0.0.1:{port}" if origin == "same" else origin) if origin else None,
            "additional_headers": sent,
            "subprotocols": [Subprotocol(word) for word in subprotocols] if subprotocols else None,
        }
        self._client: Client | None = None

    def __await__(self) -> Generator[Any, None, Client]:
        return self._open().__await__()

    async def __aenter__(self) -> Client:
        self._client = await self._open()
        return self._client

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._client is not None
        await self._client.close()

    async def _open(self) -> Client:
        if not self._path.startswith("/"):
            raise self._refused(InvalidURI(self._path, "no slash"))
        self._tap = Tap(self.name)
        self._options["create_connection"] = partial(TappedConnection, self._tap)
        # Our own socket, so that the diagram knows which connection this is, even when it is refused.
        raw = socket.socket()
        raw.setblocking(False)
        try:
            async with asyncio.timeout(self._timeout):
                await asyncio.get_running_loop().sock_connect(raw, ("127.0.0.1", self._port))
                self._note("connect", path=masked(self._path), client=list(raw.getsockname()))
                if self._on_tap:
                    self._on_tap(self._tap)
                # A proxy from the environment has no business on the loopback address; the deadline is ours.
                connection = await websockets_connect(
                    f"ws://127.0.0.1:{self._port}{self._path}",
                    sock=raw,
                    proxy=None,
                    open_timeout=None,
                    ping_interval=None,
                    close_timeout=2,
                    **self._options,
                )
        except BaseException as error:
            raw.close()
            if isinstance(error, ConnectionError) and self._when_gone:
                await self._when_gone()
            if isinstance(error, (OSError, TimeoutError, InvalidHandshake, InvalidURI, ConnectionClosed, EOFError)):
                raise self._refused(error) from None
            raise
        client = Client(self.name, connection, self.events, self._tap)
        client._note("open", subprotocol=connection.subprotocol)
        return client

    def _refused(self, error: Exception) -> Refused:
        status = error.response.status_code if isinstance(error, InvalidStatus) else None
        if status:
            what, fix = (
                f"the server answered {status} instead of 101 Switching Protocols",
                _STATUS.get(status, ""),
            )
        elif isinstance(error, ConnectionRefusedError):
            what, fix = "no server listens there", "Start it with  await lab.daphne() ."
        elif isinstance(error, InvalidURI):
            what, fix = f"{masked(self._path)!r} is no path", "A path begins with a slash."
        elif isinstance(error, (InvalidMessage, TimeoutError, EOFError)):
            late = f"within {self._timeout:g} s" if isinstance(error, TimeoutError) else "before the server hung up"
            what = f"no answer came {late}"
            fix = "A consumer that neither accepts nor closes leaves the handshake unanswered."
        else:
            what, fix = f"the handshake failed: {error}", ""
        self._note("refused", status=status, why=what)
        return Refused(f"{self.name} could not connect to {masked(self._path)}: {what}.", fix, status, self._tap)

    def _note(self, kind: str, **details: Any) -> None:
        self.events.append(Event(time.monotonic(), "client", kind, name=self.name, details=details))


_STATUS = {
    403: "The consumer closed before it accepted, no consumer answers this path, or the Origin is not allowed.",
    404: "The path went to Django's HTTP side, which has no page there: is there a WebSocket route?",
    500: "The application raised an exception before it accepted: server.log() shows it.",
}
