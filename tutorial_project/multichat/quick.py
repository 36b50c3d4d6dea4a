"""The chat's consumer with the fewest words to the database that keeping a message can do with."""

from channels.db import database_sync_to_async
from django.db import IntegrityError, connection, transaction

from multichat.consumers import MultichatConsumer
from multichat.history import event_of
from multichat.models import Message

MAY_SEND = """
    SELECT who.username FROM auth_user AS who, multichat_room AS room
    WHERE who.id = %s AND who.is_active AND room.id = %s AND (who.is_staff OR NOT room.staff_only)
"""
NEWEST = "SELECT max(id) FROM multichat_message WHERE room_id = %s"


@database_sync_to_async
def keep_quickly(user_id, room_id, text, key):
    """Keep a message with as few words to the database as can be; None if there is more to be said about it."""
    lock = " FOR UPDATE OF room" if connection.features.has_select_for_update_of else ""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(MAY_SEND + lock, [user_id, room_id])
            if not (found := cursor.fetchone()):
                return None
            cursor.execute(NEWEST, [room_id])
            before = cursor.fetchone()[0] or 0
            kept = {"user_id": user_id, "username": found[0], "room_id": room_id, "text": text, "key": key}
            message = Message.objects.create(**kept)
    except IntegrityError:  # the key was used before
        return None
    return event_of(message, before)


class QuickConsumer(MultichatConsumer):
    async def keep(self, room, text, key):
        event = await keep_quickly(self.user.pk, room, text, key)
        return (event, None) if event else await super().keep(room, text, key)
