"""Recording channel layers: the calls that are made of them, and what they drop. Runs inside the server.

What a layer delivers to consumers is recorded by `deliveries`.
"""

import functools
import logging
import sys
import traceback
from collections.abc import Awaitable, Callable
from typing import Any, Protocol

from channels_lab.record.doubles import double, own_value
from channels_lab.record.excerpt import error_details, excerpt, own_frames
from channels_lab.record.pens import Apart
from channels_lab.record.variables import Variable

__all__ = ["Writer", "bare_layer", "call_of", "record_layers"]

Call = Callable[..., Awaitable[Any]]

_CALLS = ("group_add", "group_discard", "group_send", "send", "receive")
# Inside a layer's call: the channels that were full. After it, nobody asks.
_full: Variable[list[str] | None] = Variable(None)
# By the id of the layer that the project has: that layer, so that the id stays its own, and the one beneath it.
_bare: dict[int, tuple[Any, Any]] = {}
_NOTHING = Apart()


class Writer(Protocol):
    """What a record is written with: the recorder."""

    def write(self, kind: str, **details: Any) -> None:
        """Write one line."""

    def message_pen[T](self, call: str, to: Any, then: Callable[[Any], T], apart: Apart) -> Callable[[Any], T]:
        """What writes the messages of one call on this connection, but not those apart, and hands them on to `then`."""


def record_layers(writer: Writer) -> None:
    """Record the calls of every channel layer that the project makes from now on."""
    try:
        from channels.layers import ChannelLayerManager
    except ImportError:
        return
    _note_full_channels()
    _note_full_groups(writer)
    make = ChannelLayerManager._make_backend

    def make_recorded(self: Any, name: str, config: Any) -> Any:
        layer = make(self, name, config)
        try:
            return _recorded(writer, name, layer)
        except Exception:
            return layer  # of a kind that cannot be made again: it works, and is not recorded

    ChannelLayerManager._make_backend = make_recorded


def bare_layer(layer: Any) -> Any:
    """The layer beneath a recorded one, whose calls are not recorded; None where it is no recorded layer."""
    return _bare.get(id(layer), (None, None))[1]


def call_of(coroutine: Any) -> tuple[str, Any] | None:
    """Of a coroutine that stands for a layer's own: how that is called, and its code; None for another coroutine."""
    if coroutine.cr_code.co_filename != __file__:
        return None
    values = coroutine.cr_frame.f_locals
    call, name = values["call"], coroutine.__qualname__
    if isinstance(call, functools.partial):  # the Pub/Sub layer has one function for all its calls
        call, name = call.func, f"{type(values['self']).__qualname__}.{values['name']}"
    return name, call.__code__


def _recorded(writer: Writer, alias: str, layer: Any) -> Any:
    """A double of the layer whose calls are recorded; what the layer calls inside itself is its own affair."""
    calls = {name: _recorded_call(writer, name, getattr(layer, name)) for name in _CALLS if hasattr(layer, name)}
    recorded = double(layer, calls)
    # Not by getattr(): the Pub/Sub layer would look for an event loop, and there may be none.
    traits = {name: excerpt(own_value(layer, name)) for name in ("capacity", "expiry")}
    writer.write("backend", alias=excerpt(alias), backend=type(layer).__name__, **traits)
    _bare[id(recorded)] = recorded, layer
    return recorded


def _recorded_call(writer: Writer, name: str, call: Call) -> Call:
    # Python's warning of a coroutine that was never awaited must name the layer's own.
    @functools.wraps(getattr(call, "func", call))
    async def recorded(self: Any, *args: Any, **kwargs: Any) -> Any:
        to = args[0] if args else kwargs.get("group", kwargs.get("channel", ""))
        full: list[str] = []
        try:
            if name == "receive":
                message = await call(*args, **kwargs)
                writer.message_pen(name, to, id, _NOTHING)(message)
                return message
            what = args[1] if len(args) > 1 else kwargs.get("message", kwargs.get("channel", ""))
            writer.message_pen(name, to, id, _NOTHING)(what)
            _full.set(full)
            return await call(*args, **kwargs)
        except Exception as error:
            # The traceback begins here: what is further out is on the stack still.
            frames = own_frames(reversed(list(traceback.walk_stack(sys._getframe()))))
            details = error_details(error)
            writer.write("layer", call=name, to=excerpt(to), **details | {"frames": frames + details["frames"]})
            raise
        finally:
            if name == "group_send" and full:
                writer.write("dropped", call=name, to=excerpt(to), count=len(full))

    return recorded


def _note_full_channels() -> None:
    """Let each ChannelFull that is raised inside a layer's call tell of it: `group_send` in memory says nothing."""
    from channels.exceptions import ChannelFull

    def full(self: Exception, *args: Any) -> None:
        Exception.__init__(self, *args)
        if (inside := _full.get()) is not None:
            inside.append(str(args[:1]))

    ChannelFull.__init__ = full


def _note_full_groups(writer: Writer) -> None:
    """Read what channels_redis logs of full groups, at a level that few projects show.

    https://github.com/django/channels_redis/blob/main/channels_redis/core.py, `group_send`
    """
    logger = logging.getLogger("channels_redis.core")
    info = logger.info

    def informed(text: Any, *args: Any, **options: Any) -> None:
        if len(args) == 3 and "over capacity in group" in str(text):
            writer.write("dropped", call="group_send", to=excerpt(args[2]), count=excerpt(args[0]))
        info(text, *args, **options | {"stacklevel": options.get("stacklevel", 1) + 1})

    logger.info = informed  # type: ignore[assignment]
