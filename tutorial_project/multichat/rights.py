"""Who may do what, asked of the database each time: rights change while people are connected."""

from channels.auth import get_user
from django.contrib.auth import get_user_model

from multichat.models import Room
from multichat.protocol import Refused


def rooms_for(user):
    return Room.objects.all() if user.is_staff else Room.objects.filter(staff_only=False)


def check(user_id, room_id):
    """Return the user and the room; raises Refused. Within a transaction nobody else writes into the room meanwhile."""
    user = get_user_model().objects.filter(pk=user_id, is_active=True).first()
    if user is None:
        raise Refused("USER_HAS_TO_LOGIN", "You are not logged in any more.")
    room = Room.objects.select_for_update().filter(pk=room_id).first()
    if room is None:
        raise Refused("ROOM_INVALID", "There is no such room.", room=str(room_id))
    if room.staff_only and not user.is_staff:
        raise Refused("ROOM_ACCESS_DENIED", "This room is for the staff.", room=str(room_id))
    return user, room


async def current_user(scope):
    """Return a connection's user as of now: None after logging out or being deactivated."""
    session = scope.get("session")
    if session is None or not session.session_key:
        return await get_user_model().objects.filter(pk=scope["user"].pk, is_active=True).afirst()
    user = await get_user({"session": session.__class__(session.session_key)})
    return user if user.is_authenticated else None


async def lost_rooms(user, room_ids):
    """Return those of the rooms in which the user may not be any more."""
    return set(room_ids) - {pk async for pk in rooms_for(user).filter(pk__in=room_ids).values_list("pk", flat=True)}
