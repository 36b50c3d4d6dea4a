"""What happens to a person: each server hears it once, on one channel, and calls whoever watches there.

A group for each person would do, too. But each connection would be in one more, and that costs: see chapter 13.
"""

import asyncio
import logging
from contextlib import suppress
from contextvars import Context
from threading import local
from weakref import WeakKeyDictionary

from asgiref.sync import async_to_sync
from channels.layers import get_channel_layer
from django.db import transaction

from multichat.layer import ask

logger = logging.getLogger(__name__)

GROUP = "lookouts"
AGAIN = 10  # seconds: a layer may forget who is in a group


async def tell(*news):
    """Tell pairs of (name, event), such as ("user-7", {"type": "rights.changed"}), to all servers at once."""
    await get_channel_layer().group_send(GROUP, {"type": "lookout.news", "news": [list(pair) for pair in news]})


# In each thread: what is to be told of its transaction. What one that is rolled back leaves here goes with the next:
# who looks then finds all as it was.
changed = local()


def tell_on_commit(name, event):
    """Tell it when the database shows what was written. Where the layer is away, that is written all the same."""
    changed.__dict__.setdefault("news", {})[name, event["type"]] = event
    transaction.on_commit(tell_changed)


def tell_changed():
    """Tell all of a transaction in one message. Of two, Redis' layer may lose the second as the first one's leave."""
    if news := changed.__dict__.pop("news", None):
        try:
            async_to_sync(ask)(tell(*((name, event) for (name, _), event in news.items())))
        except Exception as error:  # then they find out when they look by themselves
            logger.warning("Nobody was told about %s: %s", ", ".join(name for name, _ in news), error)


class Lookout:
    """Each event loop has one, from the first who watches to the last."""

    def __init__(self):
        self.layer = get_channel_layer()
        self.watchers = {}  # name → coroutine functions
        self.joined = asyncio.get_running_loop().create_future()
        self.listening = None

    async def watch(self, watcher, *names):
        """Have a coroutine function called with each event about these; raises what the layer raises."""
        for name in names:
            self.watchers.setdefault(name, []).append(watcher)
        if self.listening is None:
            # Not in the context of the connection that happens to be the first: it is nobody's.
            self.listening = asyncio.create_task(self.listen(), context=Context())
        await asyncio.shield(self.joined)

    async def unwatch(self, watcher, *names):
        for name in names:
            with suppress(ValueError):
                self.watchers.get(name, []).remove(watcher)
            if not self.watchers.get(name):
                self.watchers.pop(name, None)
        if not self.watchers and self.listening:
            _lookouts.pop(asyncio.get_running_loop(), None)  # who comes now begins anew
            self.listening.cancel()
            await asyncio.wait({self.listening}, timeout=1)  # until it has left the group

    async def listen(self):
        while True:
            try:
                await self.listen_on(await self.layer.new_channel())
            except Exception as error:
                logger.warning("Nothing is heard of people: %s", error)
                waiting, self.joined = self.joined, asyncio.get_running_loop().create_future()
                if not waiting.done():
                    waiting.set_exception(error)
                    waiting.exception()  # somebody may be waiting, or nobody
                await asyncio.sleep(1)

    async def listen_on(self, channel):
        heard = None
        try:
            while True:
                async with asyncio.timeout(5):
                    await self.layer.group_add(GROUP, channel)
                if not self.joined.done():
                    self.joined.set_result(None)
                heard = heard or asyncio.create_task(self.layer.receive(channel))
                await asyncio.wait({heard}, timeout=AGAIN)
                if heard.done():
                    done, heard = heard, None
                    await self.pass_on(done.result()["news"])
        finally:
            if heard:
                heard.cancel()
            with suppress(Exception):
                await self.layer.group_discard(GROUP, channel)

    async def pass_on(self, news):
        for name, event in news:
            for watcher in list(self.watchers.get(name, ())):
                try:
                    await watcher(event)
                except Exception as error:  # it finds out when it looks by itself
                    logger.warning("%s was not passed on to a connection: %r", name, error)


_lookouts = WeakKeyDictionary()  # event loop → its lookout


def lookout():
    return _lookouts.setdefault(asyncio.get_running_loop(), Lookout())
