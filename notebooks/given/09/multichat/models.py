"""Rooms, what was said in them, who is there now, and how far everybody has read."""

from django.conf import settings
from django.db import models


class Room(models.Model):
    title = models.CharField(max_length=100)
    staff_only = models.BooleanField(default=False)

    def __str__(self):
        return self.title


class Message(models.Model):
    room = models.ForeignKey(Room, models.CASCADE, db_index=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True)
    username = models.CharField(max_length=150)
    text = models.TextField()
    at = models.DateTimeField(auto_now_add=True)
    key = models.CharField(max_length=64, null=True)  # the client's own name for it

    class Meta:
        indexes = [models.Index(fields=["room", "id"], name="multichat_history")]
        constraints = [models.UniqueConstraint(fields=["user", "key"], name="multichat_sent_once")]


class Presence(models.Model):
    """A connection in a room. Its server renews it; one that is not renewed is no longer counted."""

    room = models.ForeignKey(Room, models.CASCADE)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE)
    channel = models.CharField(max_length=100, db_index=True)
    server = models.CharField(max_length=32, db_index=True)
    seen = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["room", "channel"], name="multichat_there_once")]


class LastRead(models.Model):
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE)
    room = models.ForeignKey(Room, models.CASCADE)
    message = models.BigIntegerField(default=0)  # the id of a message

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "room"], name="multichat_read_once")]
