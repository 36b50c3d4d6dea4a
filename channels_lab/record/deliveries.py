"""Deliveries: what a channel layer brings to consumers, recorded when a consumer begins with it.

A coroutine around each `receive` would cost a busy server more than all the rest of the record. Runs inside the server.
"""

import functools
from collections.abc import Awaitable, Callable
from typing import Any

from channels_lab.record.layers import Writer, bare_layer

__all__ = ["record_deliveries"]

Source = Callable[[], Awaitable[Any]]


def record_deliveries(writer: Writer) -> None:
    """Record what reaches consumers through a channel layer from now on."""
    try:
        from channels import consumer
    except ImportError:
        return
    many = consumer.await_many_dispatch

    def many_recorded(sources: list[Source], dispatch: Callable[[Any], Awaitable[None]]) -> Any:
        tell: Callable[[Any], None] = len  # type: ignore[assignment]
        given: Any = None  # what came from the client

        def bare(source: Source) -> Source:
            """The source of events in place of another: of a channel layer, the one that records nothing."""
            nonlocal tell
            if isinstance(source, functools.partial) and (layer := bare_layer(getattr(source.func, "__self__", None))):
                tell = writer.message_pen("receive", source.args[0])
                return functools.partial(layer.receive, *source.args)

            async def noted() -> Any:
                nonlocal given
                given = event = await source()
                return event

            return noted

        def dispatch_recorded(message: Any) -> Awaitable[None]:
            if message is not given:
                tell(message)
            return dispatch(message)

        return many([bare(source) for source in sources], dispatch_recorded)

    consumer.await_many_dispatch = many_recorded
