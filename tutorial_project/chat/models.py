"""What was said."""

from django.db import models


class Message(models.Model):
    room = models.TextField()
    username = models.CharField(max_length=150)
    text = models.TextField()
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes = [models.Index(fields=["room", "id"], name="messages_of_a_room")]
