"""Recording channel layers: their calls, what they deliver, and what they drop. Runs inside the server."""

import functools
import inspect
import re
from collections.abc import Awaitable, Callable
from contextvars import ContextVar
from typing import Any, Protocol

from channels_lab.wire.encoding import encode, message_json, word_json
from channels_lab.wire.excerpt import error_details, excerpt

__all__ = ["over_capacity", "record_layers"]

Call = Callable[..., Awaitable[Any]]

_CALLS = ("group_add", "group_discard", "group_send", "send", "receive")
# Inside a layer's call: the channels that were full.
_full: ContextVar[list[str] | None] = ContextVar("full", default=None)
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
        for call in _CALLS:
            if hasattr(layer, call):
                setattr(layer, call, _recorded(writer, call, getattr(layer, call)))
        return layer

    ChannelLayerManager._make_backend = make_recorded


def over_capacity(text: str) -> dict[str, Any] | None:
    """What a log line of channels_redis says of a full group, as `dropped` is recorded; None for another line."""
    match = _OVER_CAPACITY.search(text)
    return {"call": "group_send", "to": match[2], "count": int(match[1])} if match else None


def _recorded(writer: Writer, name: str, call: Call) -> Call:
    async def recorded_receive(*args: Any, **kwargs: Any) -> Any:
        try:
            message = await call(*args, **kwargs)
        except Exception as error:
            failed(error, args, kwargs)
            raise
        writer.put("layer", _call_json(name, _target(args, kwargs), message))
        return message

    async def recorded_call(*args: Any, **kwargs: Any) -> Any:
        full: list[str] = []
        _full.set(full)
        what = args[1] if len(args) > 1 else kwargs.get("message", kwargs.get("channel", ""))
        writer.put("layer", _call_json(name, _target(args, kwargs), what))
        try:
            return await call(*args, **kwargs)
        except Exception as error:
            failed(error, args, kwargs)
            raise
        finally:
            _full.set(None)  # not reset(): at the server's end another context may close this one
            if name == "group_send" and full:
                writer.write("dropped", call=name, to=excerpt(_target(args, kwargs)), count=len(full))

    def failed(error: Exception, args: Any, kwargs: Any) -> None:
        writer.write("layer", call=name, to=excerpt(_target(args, kwargs)), **error_details(error))

    def recorded(*args: Any, **kwargs: Any) -> Any:
        # What a layer's call does inside itself is its own affair.
        return outermost(*args, **kwargs) if _full.get() is None else call(*args, **kwargs)

    # Python's warning of a coroutine that was never awaited must name the layer's own.
    outermost = functools.wraps(call)(recorded_receive if name == "receive" else recorded_call)
    return inspect.markcoroutinefunction(functools.wraps(call)(recorded))


def _target(args: Any, kwargs: Any) -> Any:
    return args[0] if args else kwargs.get("group", kwargs.get("channel", ""))


def _call_json(name: str, to: Any, what: Any) -> str:
    to = word_json(to) if type(to) is str else encode(excerpt(to))
    return f'"call": "{name}", "to": {to}, "message": {message_json(what)}'


def _note_full_channels() -> None:
    """Let each ChannelFull that is raised inside a layer's call tell of it: `group_send` in memory says nothing."""
    from channels.exceptions import ChannelFull

    def full(self: Exception, *args: Any) -> None:
        Exception.__init__(self, *args)
        if (inside := _full.get()) is not None:
            inside.append(str(args[:1]))

    ChannelFull.__init__ = full
