"""What is on its way to one socket of the hub: in order, and never too much."""

import asyncio
import logging
from collections import deque
from contextlib import asynccontextmanager

from multichat.consumers import UNREAD
from multichat.layer import TRY_AGAIN

logger = logging.getLogger(__name__)

MOST_WAITING = 200  # events that wait for one socket


def at_once(coroutine):
    """Start a task now and not in the loop's next turn. If nothing keeps it waiting, it is done already."""
    return asyncio.Task(coroutine, loop=asyncio.get_running_loop(), eager_start=True)


class Outbox:
    """The events on their way to one socket: in order, and never too many."""

    def __init__(self, consumer):
        self.consumer = consumer
        self.waiting = deque()
        self.held = False
        self.task = None

    def put(self, handler, event):
        if len(self.waiting) < MOST_WAITING:
            self.waiting.append((handler, event))
            self.go_on()
        else:
            self.end(UNREAD)

    def go_on(self):
        if self.waiting and not self.held and (self.task is None or self.task.done()):
            self.task = at_once(self.empty())

    async def empty(self):
        try:
            while self.waiting and not self.held:
                handler, event = self.waiting.popleft()
                await getattr(self.consumer, handler)(event)
        except Exception:
            logger.exception("An event did not reach its socket")
            self.end(TRY_AGAIN)

    @asynccontextmanager
    async def hold(self):
        """Let events wait while the consumer does something else: it does one thing at a time, as ever."""
        self.held = True
        try:
            if self.task and not self.task.done():
                await asyncio.wait([self.task])
            yield
        finally:
            self.held = False
            self.go_on()

    def end(self, code):
        self.waiting.clear()
        self.ending = at_once(self.consumer.end(code))
