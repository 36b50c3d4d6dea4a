"""What was said in a room, and what somebody has missed of it."""

import json

from channels.db import database_sync_to_async
from django.db import transaction

from multichat import rights
from multichat.models import Message

MOST = 200  # messages that follow a join
NEWEST = 50  # who has seen nothing yet begins with these


@database_sync_to_async
def keep(user_id, room_id, text, key):
    """Keep a message. Returns it as an event; with a key that was used before, the old message's text."""
    with transaction.atomic():
        user, room = rights.check(user_id, room_id)
        if key and (kept := Message.objects.filter(user=user, key=key).first()):
            return None, text_of(kept)
        before = last_id(room_id)
        message = Message.objects.create(room=room, user=user, username=user.username, text=text, key=key)
    return event_of(message, before), None


def event_of(message, before):
    told = {"id": message.id, "before": before, "text": text_of(message)}
    return {"type": "room.message", "room": message.room_id, **told}


def last_id(room_id):
    newest = Message.objects.filter(room=room_id).order_by("-id").values_list("id", flat=True).first()
    return newest or 0


def missed(room_id, after, last):
    """Return the newest messages after an id and up to the last one, oldest first, and how many are left out."""
    since = Message.objects.filter(room=room_id, id__gt=after or 0, id__lte=last)
    found = list(since.order_by("-id")[: NEWEST if after is None else MOST])[::-1]
    left_out = since.filter(id__lt=found[0].id).count() if len(found) == MOST else 0
    return found, left_out


def text_of(message):
    """Return the frame that tells of a message: made once, sent to everybody as it is."""
    frame = {"msg_type": 0, "room": str(message.room_id), "username": message.username, "message": message.text}
    frame |= {"id": message.id, "at": message.at.isoformat()}
    if message.key:
        frame["key"] = message.key
    return json.dumps(frame, ensure_ascii=False)
