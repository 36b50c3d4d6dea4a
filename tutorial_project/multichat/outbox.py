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
        self.waiting = deque()  # what cannot be handed on now, as something keeps the consumer
        self.held = False
        self.task = None  # what the socket takes its time with

    def put(self, handler, event):
        if not self.held and self.task is None:
            self.hand_on(handler, event)
        elif len(self.waiting) < MOST_WAITING:
            self.waiting.append((handler, event))
        else:
            self.end(UNREAD)

    def hand_on(self, handler, event):
        task = at_once(getattr(self.consumer, handler)(event))
        if task.done():
            self.see(task)
        else:
            self.task = task
            task.add_done_callback(self.go_on)

    def go_on(self, task=None):
        """Hand on what waits, until the consumer is kept again. A task comes when it is done."""
        if task:
            self.task = None
            self.see(task)
        while self.waiting and not self.held and self.task is None:
            self.hand_on(*self.waiting.popleft())

    def see(self, task):
        if not task.cancelled() and (error := task.exception()):
            logger.error("An event did not reach its socket", exc_info=error)
            self.end(TRY_AGAIN)

    @asynccontextmanager
    async def hold(self):
        """Let events wait while the consumer does something else: it does one thing at a time, as ever."""
        self.held = True
        try:
            if self.task:
                await asyncio.wait([self.task])
            yield
        finally:
            self.held = False
            self.go_on()

    def end(self, code):
        self.waiting.clear()
        self.ending = at_once(self.consumer.end(code))
