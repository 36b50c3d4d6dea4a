"""What may end an identity: its row changes, wherever that happens. Who guards a connection is told to look."""

from hashlib import sha256

from django.contrib.auth import get_user_model
from django.contrib.sessions.models import Session
from django.db.models.signals import post_delete, post_save
from django.dispatch import receiver

from people import lookout
from tokens.models import Token


def name_of(kind, key):
    return f"{kind}.{sha256(str(key).encode()).hexdigest()[:32]}"  # a session's key is a secret


def names_of(scope):
    own = ("token", scope["token"]) if "token" in scope else ("session", scope["session"].session_key)
    return [name_of(*own), name_of("user", scope["user"].pk)]


def look_again(name):
    lookout.tell_on_commit(name, {"type": "identity.look"})


@receiver(post_delete, sender=Token)
def token_revoked(instance, **kwargs):
    look_again(name_of("token", instance.pk))


@receiver(post_delete, sender=Session)
def session_ended(instance, **kwargs):
    look_again(name_of("session", instance.pk))


@receiver([post_save, post_delete], sender=get_user_model())
def user_changed(instance, update_fields=None, **kwargs):
    if update_fields != {"last_login"}:  # each login saves that
        look_again(name_of("user", instance.pk))
