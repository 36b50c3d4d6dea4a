"""Deliveries: what a channel layer brings to consumers, recorded when a consumer begins with it.

A coroutine around each `receive` would cost a busy server more than all the rest of the record. Runs inside the server.
"""

import functools
from collections.abc import Awaitable, Callable
from typing import Any

from channels_lab.record.layers import Writer, bare_layer
from channels_lab.record.pens import Apart

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
        client = Apart()
        recorded = dispatch

        def bare(source: Source) -> Source:
            """The source of events in place of another: of a channel layer, the one that records nothing."""
            nonlocal recorded
            if isinstance(source, functools.partial) and (layer := bare_layer(getattr(source.func, "__self__", None))):
                recorded = writer.message_pen("receive", source.args[0], dispatch, client)
                return functools.partial(layer.receive, *source.args)

            async def noted() -> Any:
                client.given = event = await source()
                return event

            return noted

        bare_sources = [bare(source) for source in sources]
        return many(bare_sources, recorded)

    consumer.await_many_dispatch = many_recorded
