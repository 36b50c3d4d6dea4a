"""What is said in a room while the database is busy is kept together next: in one transaction, told in one event."""

from collections import namedtuple
from contextlib import nullcontext

from channels.db import database_sync_to_async
from channels.layers import get_channel_layer
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from multichat.consumers import MultichatConsumer
from multichat.history import event_of
from multichat.layer import FAILURES, ask
from multichat.together import Together

SAY = """
    INSERT INTO multichat_message (room_id, user_id, username, text, key, at)
    SELECT room.id, who.id, who.username, %(text)s, %(key)s, %(at)s FROM auth_user AS who, multichat_room AS room
    WHERE room.id = %(room)s AND who.id = %(user)s AND who.is_active AND (who.is_staff OR NOT room.staff_only)
    RETURNING id, username,
        (SELECT max(id) FROM multichat_message AS old WHERE old.room_id = %(room)s AND old.id < multichat_message.id)
"""
IN_TURN = "SELECT id FROM multichat_room WHERE id = %s FOR UPDATE"  # SQLite has one writer at a time anyhow
Kept = namedtuple("Kept", "id room_id username text key at")  # a Message, as far as its event tells of it


def store(room, said):
    """Keep messages, each a (user, text, key). Returns the event of each; None where there is more to be said."""
    events, at = [None] * len(said), timezone.now()
    try:
        in_turn = connection.features.has_select_for_update
        # One statement is a transaction by itself.
        several = transaction.atomic() if in_turn or len(said) > 1 else nullcontext()
        with several, connection.cursor() as cursor:
            if in_turn:
                cursor.execute(IN_TURN, [room])
            same = {"room": room, "at": connection.ops.adapt_datetimefield_value(at)}
            for number, (user, text, key) in enumerate(said):
                cursor.execute(SAY, {"user": user, "text": text, "key": key, **same})
                if row := cursor.fetchone():
                    events[number] = event_of(Kept(row[0], room, row[1], text, key, at), row[2] or 0)
    except IntegrityError:  # a key was used before
        return [None] * len(said)
    return events


keep = database_sync_to_async(store)


async def keep_and_tell(room, said):
    """Returns for each whether it is kept and told, or why it is not told; False where there is more to be said."""
    events = await keep(room, said)
    if told := [event for event in events if event]:
        event = {"type": "room.messages", "messages": told}
        try:
            await ask(get_channel_layer().group_send(f"room-{room}", event))
        except FAILURES as error:
            return [event and error for event in events]
    return [bool(event) for event in events]


together = Together(keep_and_tell)


class DeskConsumer(MultichatConsumer):
    # A command looks after its database connection by itself, in the thread to which it goes anyway.
    passed_on = MultichatConsumer.passed_on | {"room.messages", "websocket.receive"}

    async def say(self, room, text, key):
        if not await together.do(room, (self.user.pk, text, key)):
            return await super().say(room, text, key)

    async def room_messages(self, event):
        for one in event["messages"]:
            await self.room_message(one)
