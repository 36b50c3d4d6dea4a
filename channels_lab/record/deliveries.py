"""Deliveries: what a channel layer brings to consumers, recorded when a consumer begins with it.

A coroutine around each `receive` would cost a busy server more than all the rest of the record. Runs inside the server.
"""

import functools
from collections.abc import Awaitable, Callable
from typing import Any

from channels_lab.record.encoding import message_json
from channels_lab.record.layers import Writer, bare_layer, told_call

__all__ = ["record_deliveries"]

Source = Callable[[], Awaitable[Any]]


class _Taking:
    """Where a consumer takes its events from: `tell` notes what a layer delivers, `given` came from its client."""

    def __init__(self, writer: Writer) -> None:
        self._writer = writer
        self.tell: Callable[[str], None] = len  # type: ignore[assignment]
        self.given: Any = None

    def bare(self, source: Source) -> Source:
        """The source of events in place of another: of a channel layer, the one that records nothing."""
        if isinstance(source, functools.partial) and (layer := bare_layer(getattr(source.func, "__self__", None))):
            self.tell = self._writer.pen("layer", told_call("receive", source.args[0]))
            return functools.partial(layer.receive, *source.args)

        async def given() -> Any:
            self.given = event = await source()
            return event

        return given


def record_deliveries(writer: Writer) -> None:
    """Record what reaches consumers through a channel layer from now on."""
    try:
        from channels import consumer
    except ImportError:
        return
    many = consumer.await_many_dispatch

    def many_recorded(sources: list[Source], dispatch: Callable[[Any], Awaitable[None]]) -> Any:
        taking = _Taking(writer)

        def dispatch_recorded(message: Any) -> Awaitable[None]:
            if message is not taking.given:
                taking.tell(message_json(message))
            return dispatch(message)

        return many([taking.bare(source) for source in sources], dispatch_recorded)

    consumer.await_many_dispatch = many_recorded
