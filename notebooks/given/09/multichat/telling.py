"""Telling a group: a room, a person's connections, everybody who looks at the list of rooms."""

import asyncio
import json
import logging

from channels.layers import get_channel_layer

from multichat import overview
from multichat.layer import FAILURES, ask

ENTER, LEAVE = 4, 5
CROWD = 50  # people: in a larger room only their number is told. If all come at once, each is told of each other.
PAUSE = 0.5  # seconds between two changes of one room

_changing = {}  # room → the task that will tell


async def tell_people(msg_type, room_id, username, number, but=""):
    """Tell a room of so many who came or went, all but one channel; and the lists."""
    tell_change(room_id)
    if number > CROWD:
        return
    text = json.dumps({"msg_type": msg_type, "room": str(room_id), "username": username}, ensure_ascii=False)
    event = {"type": "room.people", "room": room_id, "text": text, "but": but}
    await ask(get_channel_layer().group_send(f"room-{room_id}", event))


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
