"""The recorder: runs inside a server or worker, and writes what happens there as JSON lines. The project never sees it.

It stands where ASGI stands, between the server and the application, and around the channel layer. So it sees
events, not bytes: no pings, no masks, no fragments. Lines are written before the event loop turns, so that they survive
a crash.
"""

import asyncio
import contextlib
import inspect
import itertools
import os
import sys
import time
from collections import deque
from collections.abc import Awaitable, Callable
from contextvars import ContextVar
from typing import Any

from channels_lab.wire import excerpt, layers, routing, symptoms
from channels_lab.wire.encoding import encode, event_json
from channels_lab.wire.excerpt import error_details, word

__all__ = ["MOST_BYTES", "Recorder"]

# A record is for looking at: a flood must fill neither the disk nor the picture.
MOST_BYTES = 8 * 1024 * 1024
_OFTEN = ("send", "layer")

Event = dict[str, Any]
Receive = Callable[[], Awaitable[Event]]
Send = Callable[[Event], Awaitable[None]]
Application = Callable[[Event, Receive, Send], Awaitable[Any]]

_connection: ContextVar[int] = ContextVar("connection", default=0)


class Recorder:
    """Writes to `descriptor`, a file opened for appending. The kinds of line are those of `wire.events.Event`."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._left = MOST_BYTES
        self._lines: deque[tuple[int, str, int, str]] = deque()
        self._awaited = False
        self._numbers = itertools.count(1)
        self._stalls = symptoms.StallWatch(self.write)

    def start(self) -> None:
        """Begin with what is recorded beside connections: channel layers, routers, log, prints, coroutines."""
        excerpt.at_home(".")
        layers.record_layers(self)
        routing.watch_layers(self.write)
        symptoms.watch_log(self.write)
        symptoms.watch_prints(self.write)
        symptoms.watch_coroutines(self.write)

    def write(self, kind: str, **details: Any) -> None:
        """Write one line: when (nanoseconds on the machine's monotonic clock), which connection, what."""
        self.put(kind, encode(details)[1:-1])

    def put(self, kind: str, details: str) -> None:
        """Write one line whose details are JSON already, without the braces around them.

        What a busy server does most, to send, is written with all else of that turn of the event loop, at its end.
        """
        self._lines.append((time.monotonic_ns(), kind, _connection.get(), details))
        if kind not in _OFTEN:
            self.flush()
        elif not self._awaited:
            try:
                asyncio.get_running_loop().call_soon(self.flush)
                self._awaited = True
            except RuntimeError:
                self.flush()  # a thread without a loop

    def flush(self) -> None:
        """Write what has been put."""
        self._awaited = False
        lines = []
        with contextlib.suppress(IndexError):  # threads may flush together
            while True:
                t, kind, connection, details = self._lines.popleft()
                comma = ", " if details else ""
                lines.append(f'{{"t": {t}, "kind": "{kind}", "connection": {connection}{comma}{details}}}\n')
        if not lines or self._left <= 0:
            return
        data = "".join(lines).encode()
        self._left -= len(data)
        if self._left <= 0:
            data = f'{{"t": {time.monotonic_ns()}, "kind": "full", "connection": 0}}\n'.encode()
        try:
            os.write(self._descriptor, data)
        except OSError:
            self._left = 0  # a full disk ends the record, never the server

    def wrap(self, application: Application) -> Application:
        """Return the application with its connections recorded: HTTP, WebSocket, and a worker's channels."""
        self.write("begin", pid=os.getpid(), command=word(" ".join(sys.argv)), tree=routing.walk(application))

        async def recorded(scope: Event, receive: Receive, send: Send) -> Any:
            if scope["type"] not in ("http", "websocket", "channel"):
                return await application(scope, receive, send)
            _connection.set(next(self._numbers))
            self._stalls.start()
            self.write("open", **_opening(scope))

            async def recorded_receive() -> Event:
                event = await receive()
                self.put("receive", f'"event": {event_json(event)}')
                return event

            def recorded_send(event: Event) -> Awaitable[None]:
                # Before it is sent: a reply to it must not come first in the record.
                self.put("send", f'"event": {event_json(event)}')
                return send(event)

            # Not a coroutine around another: this is called for each message to each client.
            inspect.markcoroutinefunction(recorded_send)
            try:
                result = await application(scope, recorded_receive, recorded_send)
            except BaseException as error:
                self.write("error", **error_details(error))
                raise
            self.write("end")
            return result

        return recorded


def _opening(scope: Event) -> dict[str, Any]:
    """What the record says of a connection when it opens."""
    headers = dict(scope.get("headers", ()))
    return {
        "type": scope["type"],
        "path": word(scope.get("path", "")),
        "method": scope.get("method", ""),
        "client": scope.get("client"),
        "origin": word(headers[b"origin"].decode("latin-1")) if b"origin" in headers else None,
        "host": word(headers.get(b"host", b"").decode("latin-1")),
        "channel": word(scope.get("channel", "")),
    }
