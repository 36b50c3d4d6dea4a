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


class HubRoom:
    """One room in this process: a channel of its own in the room's group, and the outboxes of its sockets."""

    def __init__(self, layer, group):
        self.layer, self.group = layer, group
        self.outboxes = {}  # consumer → outbox
        self.entering = {}  # the name of a consumer's channel → the consumer, and what is done when it is in
        self.by_layer_until = 0  # then nothing is under way in the layer any more
        self.ready = asyncio.get_running_loop().create_future()
        self.task = asyncio.create_task(self.listen())

    async def listen(self):
        self.channel = await ask(self.layer.new_channel())
        try:
            await self.renew()
            self.ready.set_result(None)
            while True:
                await self.hand_out(await self.layer.receive(self.channel))
        finally:
            await ask(self.layer.group_discard(self.group, self.channel))

    async def renew(self):
        """Into the group, again: a layer forgets who is in it after a day, or when somebody empties it."""
        self.renewed = asyncio.get_running_loop().time()
        await ask(self.layer.group_add(self.group, self.channel))

    async def hand_out(self, event):
        if event["type"] in HubConsumer.passed_on:
            if event["type"] == "room.messages":
                event |= in_short(event["messages"])
            put_all(list(self.outboxes.values()), get_handler_name(event), event)
        elif event["type"] == "hub.admit":
            consumer, done = self.entering.pop(event["channel"], (None, None))
            if consumer and not done.done():
                self.outboxes[consumer] = consumer.outbox
                done.set_result(None)
        else:  # rare, and slow: each consumer does it when its turn comes
            for consumer in list(self.outboxes):
                with suppress(ChannelFull):  # then it finds out at the next beat of the heart
                    await ask(self.layer.send(consumer.channel_name, event))

    async def admit(self, consumer):
        """Let a socket in behind all that is under way here: that was sent before it came."""
        name, done = consumer.channel_name, asyncio.get_running_loop().create_future()
        self.entering[name] = consumer, done
        try:
            await ask(self.layer.send(self.channel, {"type": "hub.admit", "channel": name}))
            await asyncio.wait([done], timeout=LOST_AFTER)  # a layer may lose that, as anything: then it is let in so
        finally:
            self.entering.pop(name, None)
        if self.task.done():
            raise ConnectionError("The room was closed.")
        self.outboxes[consumer] = consumer.outbox


async def tell(room_id, event, others):
    """Tell a room: straight to its sockets if all are here, and nothing said before is on its way over the layer."""
    room, now = hub.here(f"room-{room_id}"), asyncio.get_running_loop().time()
    if room and others:
        room.by_layer_until = now + LINGER
    if room and now >= room.by_layer_until:
        await room.hand_out(event)
    else:
        await tell_room(room_id, event)


async def keep_and_tell(room, said):
    """As the desk does it, but past the layer where that can be."""
    events, others = await keep_and_look(room, said)
    if told := [event for event in events if event]:
        try:
            await tell(room, {"type": "room.messages", "messages": told}, others)
        except FAILURES as error:
            return [event and error for event in events]
    return [bool(event) for event in events]


together = Together(keep_and_tell)


class HubConsumer(DeskConsumer):
    async def __call__(self, scope, receive, send):
        self.outbox = Outbox(self, scope.get("send_frames"))  # past the middleware
        await super().__call__(scope, receive, send)

    async def dispatch(self, message):
        await self.outbox.hold_during(super().dispatch, message)

    async def say(self, room, text, key):
        if not await together.do(room, (self.user.pk, text, key)):
            return await MultichatConsumer.say(self, room, text, key)

    async def tell_room(self, room, event):
        await tell(room, event, await elsewhere(room))

    async def room_messages(self, event):
        # If it is not in the room, was told already, or has missed some:
        if self.rooms.get(event["room"]) != event["before"]:
            return await super().room_messages(event)
        self.rooms[event["room"]] = event["last"]
        # As `pass_on` does it, which would count again for each socket.
        self.unread += event["size"]
        if self.unread > self.most_unread:
            await self.end(UNREAD)
        if not self.over:
            await self.outbox.send(event["frames"])

    async def join_group(self, group):
        if not group.startswith("room-"):
            return await super().join_group(group)
        self.member_of.add(group)
        await hub.enter(group, self)

    async def leave_groups(self, *groups):
        await super().leave_groups(*(group for group in groups if not group.startswith("room-")))
        for group in groups:
            if group.startswith("room-"):
                await hub.leave(group, self)
                self.member_of.discard(group)

    def renews(self):  # the first of a room's sockets does it for all
        rooms = [hub.here(group) for group in self.member_of]
        return any(room is None or next(iter(room.outboxes), self) is self for room in rooms)
