"""The desk: what comes while the database is busy is kept together next, in one transaction, and told in one event."""

import asyncio
import logging
from collections.abc import Callable
from contextvars import Context
from typing import Any

from channels.db import database_sync_to_async
from channels.layers import get_channel_layer
from django.conf import settings
from django.db import transaction

from channels_lab.classroom import news
from channels_lab.classroom.protocol import Refused

__all__ = ["BOARDS", "Desk", "desk"]

logger = logging.getLogger(__name__)

BOARDS = "boards"  # the group of all boards
_MOST = 100  # in one transaction
Work = Callable[[], Any]


class Desk:
    """Does work on the database for many connections. Each waits for its own, so no more waits than there are."""

    def __init__(self) -> None:
        self.waiting: list[tuple[Work, asyncio.Future[Any]]] = []
        self.busy: asyncio.Task[None] | None = None

    async def do(self, work: Work) -> Any:
        """Have `work` done in a transaction; returns what it returns, or raises what it raises."""
        known: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self.waiting.append((work, known))
        if self.busy is None or self.busy.done():
            # In nobody's context in particular: it works for many.
            self.busy = asyncio.get_running_loop().create_task(self._work_on(), context=Context())
        return await known

    async def _work_on(self) -> None:
        while self.waiting:
            batch, self.waiting = self.waiting[:_MOST], self.waiting[_MOST:]
            try:
                found, event = await _do_all([work for work, _ in batch])
            except Exception as error:  # the disk is full, say: nobody is told that it was kept
                logger.error("A batch was not kept: %s", error)
                found, event = [error] * len(batch), None
            for (_, known), result in zip(batch, found, strict=True):
                if known.done():  # who waited has gone
                    continue
                if isinstance(result, Exception):
                    known.set_exception(result)
                else:
                    known.set_result(result)
            if event:
                await get_channel_layer().group_send(BOARDS, event)
                await asyncio.sleep(settings.CLASSROOM_PAUSE)


@database_sync_to_async
def _do_all(works: list[Work]) -> tuple[list[Any], dict[str, Any] | None]:
    """Do each; one that is refused leaves no trace, and the others stand. Returns results, and what boards are told."""
    found: list[Any] = []
    with transaction.atomic():
        before = news.revision()
        for work in works:
            try:
                with transaction.atomic():
                    found.append(work())
            except Refused as refused:
                found.append(refused)
            except Exception as error:  # ours, or the disk's: what others have brought stands
                logger.error("Something could not be kept: %s", error)
                found.append(error)
    return found, news.event_since(before)


desk = Desk()
