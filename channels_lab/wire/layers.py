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
# The layers by what the project has of them, and the channel of the consumer that runs.
_bare: dict[Any, Any] = {}
_channel: ContextVar[str] = ContextVar("channel", default="")
# What a consumer gets from its client is recorded there.
_EVENTS = ("websocket.connect", "websocket.receive", "websocket.disconnect", "http.request", "http.disconnect")
_messages = Messages()
_OVER_CAPACITY = re.compile(r"(\d+) of \d+ channels over capacity in group (\S+)")


class Writer(Protocol):
    """What a record is written with: the recorder."""

    def write(self, kind: str, **details: Any) -> None:
        """Write one line."""

    def put(self, kind: str, details: str) -> None:
        """Write one line whose details are JSON already."""


def record_layers(writer: Writer) -> None:
    """Record the calls of every channel layer that the project makes from now on, and what reaches its consumers."""
    try:
        from channels.layers import ChannelLayerManager
    except ImportError:
        return
    _note_full_channels()
    _record_deliveries(writer)
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
    recorded: Any = object.__new__(type(kind.__name__, (kind,), calls | names))
    recorded.__dict__ = layer.__dict__
    _bare[recorded] = layer
    return recorded


def _record_deliveries(writer: Writer) -> None:
    """Record what reaches consumers where they look up its handler: a coroutine less for each message to each."""
    from channels import consumer

    many, name_of = consumer.await_many_dispatch, consumer.get_handler_name

    def many_recorded(sources: list[Callable[[], Any]], dispatch: Any) -> Any:
        return many([_bare_source(source) for source in sources], dispatch)

    def name_recorded(message: Any) -> Any:
        if message.get("type") not in _EVENTS:
            writer.put("layer", _call_json("receive", _channel.get(), message))
        return name_of(message)

    consumer.await_many_dispatch, consumer.get_handler_name = many_recorded, name_recorded


def _bare_source(source: Callable[[], Any]) -> Callable[[], Any]:
    """Where a consumer takes its messages from: of a layer, the one that records nothing."""
    func = getattr(source, "func", None)
    if (layer := _bare.get(getattr(func, "__self__", None))) is None:
        return source
    _channel.set(str(source.args[0]))  # type: ignore[attr-defined]
    return functools.partial(layer.receive, *source.args)  # type: ignore[attr-defined]


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
