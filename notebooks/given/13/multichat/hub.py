# part: hub
"""The hub: each process hears a room once, and hands what comes to the room's sockets that are here.

As MULTICHAT_CONSUMER it takes the place of the rooms' groups, in which each socket has a channel of its own.
"""

import asyncio
import logging
from contextlib import suppress

from channels.consumer import get_handler_name
from channels.exceptions import ChannelFull
from django.conf import settings

from multichat.consumers import UNREAD, MultichatConsumer
from multichat.desk import DeskConsumer
from multichat.layer import FAILURES, TRY_AGAIN, ask
from multichat.nearby import elsewhere, keep_and_look
from multichat.outbox import Outbox, put_all
from multichat.recent import recent_of
from multichat.telling import tell_room
from multichat.together import Together

logger = logging.getLogger(__name__)

LOST_AFTER = 0.5  # seconds
LINGER = 5  # seconds: for so long what was sent over the layer may be under way


class Hub:
    """The rooms that somebody here is in."""

    def __init__(self):
        self.rooms = {}

    def here(self, group):
        """Return a room that is heard in this event loop, or None."""
        room = self.rooms.get(group)
        return room if room and room.task.get_loop() is asyncio.get_running_loop() else None

    async def enter(self, group, consumer):
        room = self.here(group)
        if room is None:
            room = self.rooms[group] = HubRoom(consumer.channel_layer, group)
            room.task.add_done_callback(lambda task: self.ended(room))
            room.outboxes[consumer] = consumer.outbox
        await asyncio.shield(room.ready)
        if consumer not in room.outboxes:
            await room.admit(consumer)
        elif room.renewed < asyncio.get_running_loop().time() - settings.MULTICHAT_BEAT / 2:
            await room.renew()

    async def leave(self, group, consumer):
        room = self.rooms.get(group)
        if room:
            room.outboxes.pop(consumer, None)
        if room and not room.outboxes and not room.entering:
            del self.rooms[group]
            room.task.cancel()
            await asyncio.wait([room.task])

    def ended(self, room):
        """The layer has failed: who is still in the room would wait in vain. Or nobody is."""
        if self.rooms.get(room.group) is room:
            del self.rooms[room.group]
        error = None if room.task.cancelled() else room.task.exception()
        if not room.ready.done():
            room.ready.set_exception(error or ConnectionError("The room was closed."))
        elif error:
            logger.warning("%s is not heard any more: %r", room.group, error)
            for outbox in room.outboxes.values():
                outbox.end(TRY_AGAIN)


hub = Hub()


def in_short(messages):
    """Return what is the same of messages for all sockets. Each follows the one before it: they were kept together."""
    room = messages[0]["room"]
    recent = recent_of(room)
    for one in messages:
        recent.note(one["id"], one["before"], one["text"])
    frames = [{"type": "websocket.send", "text": one["text"]} for one in messages]
    ends = {"before": messages[0]["before"], "last": messages[-1]["id"]}
    return {"room": room, "frames": frames, "size": sum(len(one["text"]) for one in messages), **ends}
