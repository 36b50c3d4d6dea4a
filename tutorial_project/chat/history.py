"""The messages of a room, as the database keeps them."""

from channels.db import database_sync_to_async
from django.db import transaction

from chat.models import Message

SHOWN = 10
KEPT = 1000  # of each room


@database_sync_to_async
def keep(room, username, text):
    """Keep a message, drop what is too many then (both, or neither), and return it as an event."""
    with transaction.atomic():
        message = Message.objects.create(room=room, username=username, text=text)
        if too_old := of_room(room)[KEPT:].first():
            Message.objects.filter(room=room, id__lte=too_old.id).delete()
    return event_of(message)


async def newest(room):
    """Return the newest messages of a room as events, oldest first."""
    return [event_of(message) async for message in of_room(room)[:SHOWN]][::-1]


def of_room(room):
    return Message.objects.filter(room=room).order_by("-id")


def event_of(message):
    told = {"id": message.id, "username": message.username, "message": message.text}
    return {"type": "chat.message", **told, "at": message.at.isoformat()}
