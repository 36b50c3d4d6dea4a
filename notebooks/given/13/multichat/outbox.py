"""What is on its way to the sockets of the hub: to each in order, and never too much."""

import asyncio
import logging
from collections import deque

from multichat.consumers import UNREAD
from multichat.layer import TRY_AGAIN

logger = logging.getLogger(__name__)

MOST_WAITING = 200  # events that wait for one socket

_tasks = set()  # those that a socket keeps waiting


def at_once(coroutine):
    """Start a task now and not in the loop's next turn. If nothing keeps it waiting, it is done already."""
    task = asyncio.Task(coroutine, loop=asyncio.get_running_loop(), eager_start=True)
    if not task.done():
        _tasks.add(task)
        task.add_done_callback(_tasks.discard)
    return task


def put_all(outboxes, handler, event):
    """Put an event into many outboxes: one task does it, and where a socket keeps it waiting, the next goes on."""
    line = iter(outboxes)
    while not at_once(_put_along(line, handler, event)).done():
        pass


async def _put_along(line, handler, event):
    for outbox in line:
        if outbox.held or outbox.busy:
            outbox.keep(handler, event)
        else:
            await outbox.hand_on(handler, event)


class Outbox:
    """The events on their way to one socket: in order, and never too many."""

    __slots__ = ("busy", "consumer", "free", "held", "send", "waiting")  # small: a message looks at hundreds of these

    def __init__(self, consumer, send=None):
        self.consumer = consumer
        self.send = send or self.send_by_the_consumer  # takes a list of frames
        self.waiting = deque()  # what cannot be handed on now, as something keeps the consumer
        self.held = False  # by a command
        self.busy = False  # with an event
        self.free = None  # an asyncio.Event, while a command waits until it is not busy

    def keep(self, *event):
        if len(self.waiting) < MOST_WAITING:
            self.waiting.append(event)
        else:
            self.end(UNREAD)

    async def hand_on(self, handler, event):
        """Hand an event on, and what comes while the socket takes its time."""
        self.busy = True
        try:
            await getattr(self.consumer, handler)(event)
            while self.waiting and not self.held:
                handler, event = self.waiting.popleft()
                await getattr(self.consumer, handler)(event)
        except Exception:
            logger.exception("An event did not reach its socket")
            self.end(TRY_AGAIN)
        finally:
            self.busy = False
            if self.free:
                self.free.set()

    async def hold_during(self, work, *args):
        """Let events wait while the consumer does something else: it does one thing at a time, as ever."""
        self.held = True
        try:
            if self.busy:
                self.free = asyncio.Event()
                await self.free.wait()
            await work(*args)
        finally:
            self.held = False
        if self.waiting:
            await self.hand_on(*self.waiting.popleft())

    async def send_by_the_consumer(self, frames):
        for frame in frames:
            if not self.consumer.over:
                await self.consumer.send(frame["text"])

    def end(self, code):
        self.waiting.clear()
        at_once(self.consumer.end(code))
