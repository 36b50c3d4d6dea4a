"""The newest messages of a room, as this server has met them: catching up asks the database once for everybody."""

import asyncio
from weakref import WeakValueDictionary

from django.db.models import Max

from multichat.history import MOST, text_of
from multichat.models import Message

KEPT = 200  # of each room


class Recent:
    def __init__(self, room_id):
        self.room_id = room_id
        self.events = {}  # id → (the id before it in the room, text)
        self.reading = asyncio.Lock()

    def note(self, message_id, before, text):
        if message_id not in self.events:
            self.events[message_id] = before, text
            if len(self.events) > KEPT:
                del self.events[next(iter(self.events))]

    def between(self, after, until):
        """Return what stands between two ids as (id, text), oldest first; None when not all of it is here."""
        found = []
        while until > after:
            if until not in self.events:
                return None
            before, text = self.events[until]
            found.append((until, text))
            until = before
        return found[::-1]

    async def read(self, after, until):
        """The same, from the database where it must be."""
        if (found := self.between(after, until)) is None:
            async with self.reading:  # others may wait for the same: they find it here then
                if (found := self.between(after, until)) is None:
                    found = await following(self.room_id, after)
                    for message_id, text in found:
                        self.note(message_id, after, text)
                        after = message_id
        return found


_rooms = WeakValueDictionary()  # a room is in it for as long as somebody here is in the room


def recent_of(room_id):
    return _rooms.setdefault(room_id, Recent(room_id))


async def following(room_id, after):
    """Return the messages that follow an id, as (id, text), oldest first and not too many at once."""
    since = Message.objects.filter(room=room_id, id__gt=after).order_by("id")[:MOST]
    return [(message.id, text_of(message)) async for message in since]


async def newest_ids(room_ids):
    """Return the id of each room's newest message."""
    newest = Message.objects.filter(room__in=room_ids).values("room").annotate(last=Max("id"))
    return {room: last async for room, last in newest.values_list("room", "last")}
