"""The list of rooms, as one person sees it: how many are there, and how much is unread."""

from channels.db import database_sync_to_async
from django.db import transaction
from django.db.models import Count, OuterRef, Subquery
from django.db.models.functions import Coalesce

from multichat import history, presence, rights
from multichat.models import LastRead, Message, Room


def overview(user):
    rooms = list(rights.rooms_for(user).order_by("id"))
    people = presence.numbers()
    read = LastRead.objects.filter(user=user, room=OuterRef("room")).values("message")
    new = Message.objects.filter(room__in=rooms, id__gt=Coalesce(Subquery(read), 0)).exclude(user=user)
    unread = dict(new.values("room").annotate(number=Count("id")).values_list("room", "number"))
    return [
        {
            "id": str(room.id),
            "title": room.title,
            "staff_only": room.staff_only,
            "people": people.get(room.id, 0),
            "unread": unread.get(room.id, 0),
        }
        for room in rooms
    ]


@database_sync_to_async
def mark_read(user_id, room_id, message_id):
    """Remember how far somebody has read, never backwards; returns that."""
    with transaction.atomic():
        user, room = rights.check(user_id, room_id)
        mark, _ = LastRead.objects.get_or_create(user=user, room=room)
        mark.message = max(mark.message, min(message_id, history.last_id(room_id)))
        mark.save()
    return mark.message


@database_sync_to_async
def state_of(room_id):
    """Return what the list shows of a room to everybody, and whether only staff may know; None for no such room."""
    room = Room.objects.filter(pk=room_id).first()
    if room is None:
        return None
    state = {"msg_type": 6, "room": str(room_id), "people": presence.numbers().get(room_id, 0)}
    return state | {"last": history.last_id(room_id)}, room.staff_only
