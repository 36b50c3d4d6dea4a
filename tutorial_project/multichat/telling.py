"""Telling others: a room, a person's connections, everybody who looks at the list of rooms."""

import asyncio
import json
import logging

from channels.layers import get_channel_layer

from multichat import overview
from multichat.layer import FAILURES, ask
from people import lookout

ENTER, LEAVE = 4, 5
CROWD = 50  # people: in a larger room only their number is told. If all come at once, each is told of each other.
PAUSE = 0.5  # seconds between two changes of one room, and between two tellings of what was read

_changing = {}  # room → the task that will tell
_read = {}  # (user, room) → what the user's connections will be told
_telling_read = set()  # the task that will tell it


async def tell_room(room_id, event):
    await ask(get_channel_layer().group_send(f"room-{room_id}", event))


async def tell_people(msg_type, room_id, username, number, but="", tell=tell_room):
    """Tell a room of so many who came or went, all but one channel; and the lists."""
    tell_change(room_id)
    if number > CROWD:
        return
    text = json.dumps({"msg_type": msg_type, "room": str(room_id), "username": username}, ensure_ascii=False)
    event = {"type": "room.people", "room": room_id, "text": text, "but": but}
    await tell(room_id, event)


def tell_change(room_id):
    """Tell soon, once for many changes: the lists what has changed, and the room which message is its newest."""
    if room_id not in _changing:
        _changing[room_id] = asyncio.create_task(_tell_change(room_id))


async def _tell_change(room_id):
    await asyncio.sleep(PAUSE)
    del _changing[room_id]
    try:
        if found := await overview.state_of(room_id):
            state, staff_only = found
            event = {"type": "list.change", "text": json.dumps(state)}
            layer = get_channel_layer()
            await ask(layer.group_send("rooms-staff" if staff_only else "rooms", event))
            # A layer may lose an event: whoever has not heard of this message looks into the database.
            event = {"type": "room.last", "room": room_id, "last": state["last"]}
            await ask(layer.group_send(f"room-{room_id}", event))
    except FAILURES as error:
        logging.getLogger(__name__).warning("Nobody was told that room %s has changed: %s", room_id, error)


def tell_read(user_id, room_id, message_id, but):
    """Tell a person's other connections soon how far they have read, once for many messages and people."""
    text = json.dumps({"read": str(room_id), "id": message_id})
    _read[user_id, room_id] = {"type": "user.read", "text": text, "but": but}
    if not _telling_read:
        task = asyncio.create_task(_tell_read())
        _telling_read.add(task)
        task.add_done_callback(_telling_read.discard)


async def _tell_read():
    await asyncio.sleep(PAUSE)
    news = [(f"user-{user_id}", event) for (user_id, _), event in _read.items()]
    _read.clear()
    try:
        await ask(lookout.tell(*news))
    except FAILURES as error:
        logging.getLogger(__name__).warning("Nobody was told what was read: %s", error)
