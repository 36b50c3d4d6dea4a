"""The recorder: runs inside the server, and writes what the app saw as JSON lines. The project never sees it.

It stands where ASGI stands, between the server and the application, and around the channel layer. So it sees
events, not bytes: no pings, no masks, no fragments. Each line is written at once, so that it survives a crash.
"""

import itertools
import json
import os
import time
from collections.abc import Awaitable, Callable
from contextvars import ContextVar
from typing import Any

__all__ = ["MOST_BYTES", "MOST_CHARACTERS", "Recorder"]

# A record is for looking at: a flood must fill neither the disk nor the picture.
MOST_BYTES = 8 * 1024 * 1024
MOST_CHARACTERS = 400
_MOST_ITEMS = 40
_MOST_LEVELS = 6

Event = dict[str, Any]
Receive = Callable[[], Awaitable[Event]]
Send = Callable[[Event], Awaitable[None]]
Application = Callable[[Event, Receive, Send], Awaitable[Any]]

_connection: ContextVar[int] = ContextVar("connection", default=0)
_inside_layer: ContextVar[bool] = ContextVar("inside_layer", default=False)
_LAYER_CALLS = ("group_add", "group_discard", "group_send", "send", "receive")


class Recorder:
    """Writes to `descriptor`, a file opened for appending."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._left = MOST_BYTES
        self._numbers = itertools.count(1)

    def write(self, kind: str, **details: Any) -> None:
        """Write one line: when (seconds on the machine's monotonic clock), which connection, what."""
        if self._left <= 0:
            return
        entry = {"t": time.monotonic(), "kind": kind, "connection": _connection.get(), **details}
        line = json.dumps(entry, default=str).encode() + b"\n"
        self._left -= len(line)
        if self._left <= 0:
            line = json.dumps({"t": time.monotonic(), "kind": "full", "connection": 0}).encode() + b"\n"
        try:
            os.write(self._descriptor, line)
        except OSError:
            self._left = 0  # a full disk ends the record, never the server

    def wrap(self, application: Application) -> Application:
        """Return the application with its connections and its channel layer recorded."""
        _record_layers(self)

        async def recorded(scope: Event, receive: Receive, send: Send) -> Any:
            if scope["type"] not in ("http", "websocket"):
                return await application(scope, receive, send)
            _connection.set(next(self._numbers))
            self.write(
                "open",
                type=scope["type"],
                path=_word(scope["path"]),
                method=scope.get("method", ""),
                client=scope.get("client"),
            )

            async def recorded_receive() -> Event:
                event = await receive()
                self.write("receive", event=_shortened(event))
                return event

            async def recorded_send(event: Event) -> None:
                # Before it is sent: a reply to it must not come first in the record.
                self.write("send", event=_shortened(event))
                await send(event)

            try:
                result = await application(scope, recorded_receive, recorded_send)
            except BaseException as error:
                self.write("error", error=_named(error))
                raise
            self.write("end")
            return result

        return recorded


def _shortened(event: Event) -> Event:
    """The event with long texts cut, bytes counted, and headers left out."""
    return {_word(key): _short(value) for key, value in event.items() if key != "headers" and value is not None}


def _short(value: Any, level: int = 1) -> Any:
    """The value as JSON can hold it, whatever the project has put into a message, and no larger than it need be."""
    if value is None or isinstance(value, (bool, float)):
        return value
    if isinstance(value, bytes):
        return {"bytes": len(value), "start": value[:MOST_CHARACTERS].decode("utf-8", "replace")}
    if isinstance(value, dict) and level < _MOST_LEVELS:
        return {_word(key): _short(value[key], level + 1) for key in itertools.islice(value, _MOST_ITEMS)}
    if isinstance(value, (list, tuple)) and level < _MOST_LEVELS:
        return [_short(item, level + 1) for item in value[:_MOST_ITEMS]]
    if isinstance(value, int) and -(2**63) <= value < 2**63:
        return value
    return _word(value)


def _word(value: Any) -> str:
    """Any object as a short text; its own `__str__` may fail."""
    try:
        text = value if isinstance(value, str) else str(value)
    except Exception:
        text = f"<{type(value).__name__}>"
    return text if len(text) <= MOST_CHARACTERS else text[:MOST_CHARACTERS] + "…"


def _named(error: BaseException) -> str:
    return f"{type(error).__name__}: {_word(error)}"


def _record_layers(recorder: Recorder) -> None:
    """Record the calls of every channel layer that the project makes from now on."""
    try:
        from channels.layers import ChannelLayerManager
    except ImportError:
        return
    make = ChannelLayerManager._make_backend

    def make_recorded(self: Any, name: str, config: Any) -> Any:
        layer = make(self, name, config)
        for call in _LAYER_CALLS:
            if hasattr(layer, call):
                setattr(layer, call, _recorded_call(recorder, call, getattr(layer, call)))
        return layer

    ChannelLayerManager._make_backend = make_recorded


def _recorded_call(recorder: Recorder, name: str, call: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
    async def recorded(*args: Any, **kwargs: Any) -> Any:
        if _inside_layer.get():
            return await call(*args, **kwargs)  # a layer's call of itself is its own affair
        _inside_layer.set(True)
        to = _short(args[0] if args else kwargs.get("group", kwargs.get("channel", "")))
        what = _short(args[1] if len(args) > 1 else kwargs.get("message", kwargs.get("channel", "")))
        try:
            if name == "receive":
                message = await call(*args, **kwargs)
                recorder.write("layer", call=name, to=to, message=_short(message))
                return message
            recorder.write("layer", call=name, to=to, message=what)
            return await call(*args, **kwargs)
        except Exception as error:
            recorder.write("layer", call=name, to=to, error=_named(error))
            raise
        finally:
            _inside_layer.set(False)  # not reset(): at the server's end another context may close this one

    return recorded
