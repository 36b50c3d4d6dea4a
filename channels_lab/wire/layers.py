"""Recording channel layers: their calls, what they deliver, and what they drop. Runs inside the server."""

import functools
import re
from collections.abc import Awaitable, Callable
from contextvars import ContextVar
from typing import Any, Protocol

from channels_lab.wire.encoding import Messages, encode, word_json
from channels_lab.wire.excerpt import error_details, excerpt

__all__ = ["over_capacity", "record_layers"]

Call = Callable[..., Awaitable[Any]]

_CALLS = ("group_add", "group_discard", "group_send", "send", "receive")
# Inside a layer's call: the channels that were full.
_full: ContextVar[list[str] | None] = ContextVar("full", default=None)
_messages = Messages()
_OVER_CAPACITY = re.compile(r"(\d+) of \d+ channels over capacity in group (\S+)")


class Writer(Protocol):
    """What a record is written with: the recorder."""

    def write(self, kind: str, **details: Any) -> None:
        """Write one line."""

    def put(self, kind: str, details: str) -> None:
        """Write one line whose details are JSON already."""


def record_layers(writer: Writer) -> None:
    """Record the calls of every channel layer that the project makes from now on."""
    try:
        from channels.layers import ChannelLayerManager
    except ImportError:
        return
    _note_full_channels()
    make = ChannelLayerManager._make_backend

    def make_recorded(self: Any, name: str, config: Any) -> Any:
        layer = make(self, name, config)
        writer.write(
            "backend",
            alias=name,
            backend=type(layer).__name__,
            capacity=getattr(layer, "capacity", None),
            expiry=getattr(layer, "expiry", None),
        )
        return _recorded(writer, layer)

    ChannelLayerManager._make_backend = make_recorded


def over_capacity(text: str) -> dict[str, Any] | None:
    """What a log line of channels_redis says of a full group, as `dropped` is recorded; None for another line."""
    match = _OVER_CAPACITY.search(text)
    return {"call": "group_send", "to": match[2], "count": int(match[1])} if match else None


def _recorded(writer: Writer, layer: Any) -> Any:
    """A layer of the same class and state, whose calls are recorded; what it calls inside itself is its own affair."""
    kind = type(layer)
    calls = {
        name: (_recorded_receive if name == "receive" else _recorded_call)(writer, name, getattr(layer, name))
        for name in _CALLS
        if hasattr(layer, name)
    }
    names = {"__module__": kind.__module__, "__qualname__": kind.__qualname__}
    recorded = object.__new__(type(kind.__name__, (kind,), calls | names))
    recorded.__dict__ = layer.__dict__
    return recorded


def _recorded_receive(writer: Writer, name: str, call: Call) -> Call:
    put = writer.put

    # Python's warning of a coroutine that was never awaited must name the layer's own.
    @functools.wraps(call)
    async def receive(self: Any, channel: str) -> Any:
        try:
            message = await call(channel)
        except Exception as error:
            _write_error(writer, name, channel, error)
            raise
        put("layer", _call_json(name, channel, message))
        return message

    return receive


def _recorded_call(writer: Writer, name: str, call: Call) -> Call:
    @functools.wraps(call)
    async def recorded(self: Any, *args: Any, **kwargs: Any) -> Any:
        to = args[0] if args else kwargs.get("group", kwargs.get("channel", ""))
        what = args[1] if len(args) > 1 else kwargs.get("message", kwargs.get("channel", ""))
        writer.put("layer", _call_json(name, to, what))
        full: list[str] = []
        _full.set(full)
        try:
            return await call(*args, **kwargs)
        except Exception as error:
            _write_error(writer, name, to, error)
            raise
        finally:
            _full.set(None)  # not reset(): at the server's end another context may close this one
            if name == "group_send" and full:
                writer.write("dropped", call=name, to=excerpt(to), count=len(full))

    return recorded


def _write_error(writer: Writer, name: str, to: Any, error: Exception) -> None:
    writer.write("layer", call=name, to=excerpt(to), **error_details(error))


def _call_json(name: str, to: Any, what: Any) -> str:
    to = word_json(to) if type(to) is str else encode(excerpt(to))
    return f'"call": "{name}", "to": {to}, "message": {_messages.json(what)}'


def _note_full_channels() -> None:
    """Let each ChannelFull that is raised inside a layer's call tell of it: `group_send` in memory says nothing."""
    from channels.exceptions import ChannelFull

    def full(self: Exception, *args: Any) -> None:
        Exception.__init__(self, *args)
        if (inside := _full.get()) is not None:
            inside.append(str(args[:1]))

    ChannelFull.__init__ = full
