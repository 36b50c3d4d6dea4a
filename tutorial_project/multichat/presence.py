"""Who is in which room: a row for each connection, so that a person with two tabs is there once."""

from contextlib import suppress
from datetime import timedelta
from uuid import uuid4

from channels.db import database_sync_to_async
from channels.layers import get_channel_layer
from django.conf import settings
from django.db import transaction
from django.db.models import Count
from django.utils import timezone

from multichat import history, rights
from multichat.layer import FAILURES, ask
from multichat.models import Presence

SERVER = uuid4().hex  # this process
STALE = timedelta(seconds=3 * settings.MULTICHAT_BEAT)


def alive():
    return Presence.objects.filter(seen__gt=timezone.now() - STALE)


@database_sync_to_async
def enter(user_id, room_id, channel, command):
    """Let a connection in. Returns the answer, what follows it as texts, and whether the person was not there before."""
    with transaction.atomic():
        user, room = rights.check(user_id, room_id)
        first = not alive().filter(room=room, user=user).exists()
        row = {"user": user, "server": SERVER, "seen": timezone.now()}
        Presence.objects.update_or_create(room=room, channel=channel, defaults=row)
        people = alive().filter(room=room).values_list("user__username", flat=True)
        answer = {"join": str(room_id), "title": room.title, "last": history.last_id(room_id)}
        answer["people"] = sorted(set(people))
        messages, left_out = [], 0
        if "after" in command:
            messages, left_out = history.missed(room_id, command["after"], answer["last"])
    if left_out:
        answer["missed"] = left_out
    return answer, [history.text_of(message) for message in messages], first


@database_sync_to_async
def leave(user_id, room_ids, channel):
    """Let a connection out. Returns the rooms in which the person has no other, with the people left in each."""
    with transaction.atomic():
        Presence.objects.filter(room__in=room_ids, channel=channel).delete()
        still = set(alive().filter(room__in=room_ids, user=user_id).values_list("room_id", flat=True))
        number = numbers()
    return {room_id: number.get(room_id, 0) for room_id in room_ids if room_id not in still}


def numbers():
    """Return how many people are in each room; a person with two tabs is one."""
    counted = alive().values("room").annotate(number=Count("user", distinct=True))
    return dict(counted.values_list("room", "number"))


async def renew():
    """Say that this server's connections are alive. Returns whom dead ones took along: (room, username, people left)."""
    dead, gone = await sweep()
    with suppress(*FAILURES):  # a layer keeps the dead in its groups for a day
        for room_id, channel in dead:
            await ask(get_channel_layer().group_discard(f"room-{room_id}", channel))
    return gone


@database_sync_to_async
def sweep():
    Presence.objects.filter(server=SERVER).update(seen=timezone.now())
    stale = Presence.objects.filter(seen__lte=timezone.now() - STALE)
    if not stale.exists():
        return [], []
    with transaction.atomic():
        dead = list(stale.values_list("room_id", "channel"))
        gone = set(stale.values_list("room_id", "user__username"))
        stale.delete()
        gone -= set(alive().values_list("room_id", "user__username"))
        number = numbers()
    return dead, [(room_id, username, number.get(room_id, 0)) for room_id, username in gone]
