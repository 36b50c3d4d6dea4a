"""What is said in a room while the database is busy is kept together next: in one transaction, told in one event."""

from channels.db import database_sync_to_async
from channels.layers import get_channel_layer
from django.db import IntegrityError, connection, transaction

from multichat.consumers import MultichatConsumer
from multichat.history import event_of
from multichat.layer import FAILURES, ask
from multichat.models import Message
from multichat.together import Together

MAY_SEND = """
    SELECT who.username FROM auth_user AS who, multichat_room AS room
    WHERE who.id = %s AND who.is_active AND room.id = %s AND (who.is_staff OR NOT room.staff_only)
"""
NEWEST = "SELECT max(id) FROM multichat_message WHERE room_id = %s"


@database_sync_to_async
def keep(room, said):
    """Keep messages, each a (user, text, key). Returns the event of each; None where there is more to be said."""
    lock = " FOR UPDATE OF room" if connection.features.has_select_for_update_of else ""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            kept = []
            for user, text, key in said:
                cursor.execute(MAY_SEND + lock, [user, room])
                row = cursor.fetchone()
                kept.append(row and Message(room_id=room, user_id=user, username=row[0], text=text, key=key))
            cursor.execute(NEWEST, [room])
            before = cursor.fetchone()[0] or 0
            Message.objects.bulk_create(filter(None, kept))
    except IntegrityError:  # a key was used before
        return [None] * len(said)
    events = []
    for message in kept:
        events.append(message and event_of(message, before))
        before = message.id if message else before
    return events


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
