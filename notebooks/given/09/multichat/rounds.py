"""The round that the heart makes: the database is asked once for all connections of this server."""

from collections import namedtuple

from channels.db import database_sync_to_async
from django.contrib.auth import get_user_model
from django.contrib.sessions.models import Session
from django.utils import timezone

from multichat.models import Room
from multichat.recent import newest_ids

Held = namedtuple("Held", "user password session rooms groups")  # what a connection has


async def go_round(sockets):
    """Return what the connections have to see to, as pairs of (connection, event)."""
    held = {socket: held_by(socket) for socket in sockets}
    lost = await doubtful(held)
    newest = await newest_ids({room for has in held.values() for room in has.rooms})
    todo = [(socket, {"type": "rights.changed"}) for socket in lost]
    for socket in sockets:
        for room, known in socket.rooms.items():
            if newest.get(room, 0) > known:
                todo.append((socket, {"type": "room.last", "room": room, "last": newest[room]}))
        if socket.renews():
            todo.append((socket, {"type": "heart.beat"}))
    return todo


def held_by(socket):
    user, session = socket.user, socket.scope.get("session")
    return Held(user.pk, user.password, session and session.session_key, list(socket.rooms), set(socket.member_of))


@database_sync_to_async
def doubtful(held):
    """Return the connections whose rights do not stand as they were: each has to look for itself."""
    users = get_user_model().objects.filter(pk__in={has.user for has in held.values()}, is_active=True)
    staff = {(pk, password): is_staff for pk, password, is_staff in users.values_list("pk", "password", "is_staff")}
    sessions = Session.objects.filter(
        session_key__in={has.session for has in held.values() if has.session}, expire_date__gt=timezone.now()
    )
    living = set(sessions.values_list("session_key", flat=True))
    rooms = Room.objects.filter(pk__in={room for has in held.values() for room in has.rooms})
    staff_only = dict(rooms.values_list("pk", "staff_only"))

    def stand(has):
        is_staff = staff.get((has.user, has.password))
        if is_staff is None or (has.session and has.session not in living):
            return False
        for_staff = "rooms-staff" in has.groups or any(staff_only.get(room) for room in has.rooms)
        return (is_staff or not for_staff) and all(room in staff_only for room in has.rooms)

    return [socket for socket, has in held.items() if not stand(has)]
