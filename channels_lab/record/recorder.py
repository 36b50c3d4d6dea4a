"""The recorder: runs inside a server or worker, and writes what happens there as JSON lines. The project never sees it.

It stands where ASGI stands, between the server and the application, and around the channel layer. So it sees
events, not bytes: no pings, no masks, no fragments. A line is written before what it tells of goes on: a crash loses
nothing.
"""

import asyncio
import inspect
import itertools
import os
import sys
from collections.abc import Awaitable, Callable
from contextvars import copy_context
from time import monotonic_ns
from typing import Any

from channels_lab.record import deliveries, excerpt, layers, routing, symptoms
from channels_lab.record.encoding import encode, word_json
from channels_lab.record.excerpt import error_details, word
from channels_lab.record.pens import Apart, event_pen, message_pen
from channels_lab.record.sheet import Sheet
from channels_lab.record.stalls import StallWatch
from channels_lab.record.turns import watch_turns
from channels_lab.record.variables import Variable

__all__ = ["MOST_BYTES", "Recorder"]

# A record is for looking at: a flood must fill neither the disk nor the picture.
MOST_BYTES = 8 * 1024 * 1024

Event = dict[str, Any]
Receive = Callable[[], Awaitable[Event]]
Send = Callable[[Event], Awaitable[None]]
Application = Callable[[Event, Receive, Send], Awaitable[Any]]

_connection: Variable[int] = Variable(0)


class Recorder:
    """Writes to `descriptor`, a file opened to read and write. The kinds of line are those of `wire.events.Event`."""

    def __init__(self, descriptor: int) -> None:
        self._sheet = Sheet(descriptor, MOST_BYTES, _full)
        self._numbers = itertools.count(1)
        self._stalls = StallWatch(self.write)

    def start(self) -> None:
        """Begin with what is recorded beside connections: channel layers, routers, log, prints, coroutines,
        and who waits for the thread that synchronous handlers share."""
        excerpt.at_home(".")
        layers.record_layers(self)
        deliveries.record_deliveries(self)
        routing.watch_layers(self.write)
        symptoms.watch_log(self.write)
        symptoms.watch_prints(self.write)
        symptoms.watch_coroutines(self.write)
        watch_turns(_connection, self.write)

    def write(self, kind: str, **details: Any) -> None:
        """Write one line: when (nanoseconds on the machine's monotonic clock), which connection, what."""
        line = {"t": monotonic_ns(), "kind": kind, "connection": _connection.get(), **details}
        self._sheet.write(f"{encode(line)}\n".encode())

    def event_pen[T](self, kind: str, then: Callable[[Event], T]) -> Callable[[Event], T]:
        """What writes the events, of one kind, of the connection that is served now, and hands them on to `then`."""
        return event_pen(self._sheet, f', "kind": "{kind}", "connection": {_connection.get()}, "event": ', then)

    def message_pen[T](self, call: str, to: Any, then: Callable[[Any], T], apart: Apart) -> Callable[[Any], T]:
        """What writes the messages of one call of a channel layer on the connection that is served now."""
        start = f', "kind": "layer", "connection": {_connection.get()}, "call": "{call}", "to": {word_json(to)}, '
        return message_pen(self._sheet, f'{start}"message": ', then, apart)

    def wrap(self, application: Application) -> Application:
        """Return the application with its connections recorded: HTTP, WebSocket, and a worker's channels."""
        self.write("begin", pid=os.getpid(), command=word(" ".join(sys.argv)), tree=routing.walk(application))

        def recorded(scope: Event, receive: Receive, send: Send) -> Awaitable[Any]:
            if scope["type"] not in ("http", "websocket", "channel"):
                return application(scope, receive, send)
            # A task, and no coroutine around the application's: that would be resumed with it, at each message.
            context = copy_context()
            running = context.run(self._open, application, scope, receive, send)
            if not inspect.iscoroutine(running):
                running = _awaiting(running)
            task = asyncio.get_running_loop().create_task(running, context=context)
            task.add_done_callback(self._end, context=context)
            return task

        return inspect.markcoroutinefunction(recorded)

    def _open(self, application: Application, scope: Event, receive: Receive, send: Send) -> Awaitable[Any]:
        """Record the opening of a connection; returns the application's coroutine for it, its events recorded."""
        _connection.set(next(self._numbers))
        self._stalls.start()
        self.write("open", **_opening(scope))
        received = self.event_pen("receive", _same)
        # Before it is sent: a reply to it must not come first in the record.
        recorded_send = self.event_pen("send", send)

        async def recorded_receive() -> Event:
            return received(await receive())

        try:
            return application(scope, recorded_receive, inspect.markcoroutinefunction(recorded_send))
        except Exception as error:  # a class, perhaps, in place of an application
            self.write("error", **error_details(error))
            raise

    def _end(self, task: asyncio.Task[Any]) -> None:
        try:
            task.result()
        except BaseException as error:  # a cancellation, too, with the lines where it came
            self.write("error", **error_details(error))
        else:
            self.write("end")


def _same(event: Event) -> Event:
    return event


async def _awaiting(what: Any) -> Any:
    return await what


def _opening(scope: Event) -> dict[str, Any]:
    """What the record says of a connection when it opens."""
    headers = dict(scope.get("headers", ()))
    return {
        "type": scope["type"],
        "path": word(scope.get("path", "")),
        "query": word(bytes(scope.get("query_string", b"")).decode("latin-1")),
        "method": scope.get("method", ""),
        "client": scope.get("client"),
        "origin": word(headers[b"origin"].decode("latin-1")) if b"origin" in headers else None,
        "host": word(headers.get(b"host", b"").decode("latin-1")),
        "channel": word(scope.get("channel", "")),
    }


def _full() -> bytes:
    """The last line of a record that has reached its bound."""
    return f'{{"t": {monotonic_ns()}, "kind": "full", "connection": 0}}\n'.encode()
