"""Tells connections at once when rights change: people, rooms and sessions are written elsewhere."""

import logging
from functools import partial

from asgiref.sync import async_to_sync
from channels.layers import get_channel_layer
from django.contrib.auth import SESSION_KEY, get_user_model
from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models.signals import post_delete, post_save
from django.dispatch import receiver

from multichat.layer import ask
from multichat.models import Room
from people import lookout

CHANGED = {"type": "rights.changed"}


@receiver([post_save, post_delete], sender=get_user_model())
def user_written(instance, update_fields=None, **rest):
    if set(update_fields or ["all"]) != {"last_login"}:
        lookout.tell_on_commit(f"user-{instance.pk}", CHANGED)


@receiver([post_save, post_delete], sender=Room)
def room_written(instance, **rest):
    transaction.on_commit(partial(tell_room, f"room-{instance.pk}"))


def tell_room(group):
    # As `telling.tell_room`, which needs what chapter 09 writes only after the tables are made.
    try:
        async_to_sync(ask)(get_channel_layer().group_send(group, CHANGED))
    except Exception as error:  # then they find out at the next beat of the heart
        logging.getLogger(__name__).warning("%s was not told of its rights: %s", group, error)


@receiver(post_delete, sender=Session)
def session_ended(instance, **rest):
    if user_id := instance.get_decoded().get(SESSION_KEY):
        lookout.tell_on_commit(f"user-{user_id}", CHANGED)
