"""Tasks that people have started, and how far they are: workers write it, sockets and pages read it."""

from django.conf import settings
from django.db import models
from django.utils import timezone

ACTIVE = ("waiting", "running")


def group_of(user_id):
    """The group of all that a person has open: each tab's consumer is in it."""
    return f"tasks.user-{user_id}"


class Task(models.Model):
    """A task is waiting, running, and in the end done, failed, lost or expired."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="tasks")
    kind = models.CharField(max_length=20)
    room = models.ForeignKey("multichat.Room", models.CASCADE)
    durable = models.BooleanField(default=False)  # kept by Django's own tasks: the chapter's last section
    state = models.CharField(max_length=10, default="waiting")
    step = models.PositiveIntegerField(default=0)
    steps = models.PositiveIntegerField(default=0)
    result = models.TextField(default="")
    changed = models.DateTimeField(default=timezone.now)

    def told(self):
        """What its person is told: texts and numbers only, for it travels by the channel layer."""
        keys = ("id", "state", "step", "steps", "within", "kind", "durable")
        return {key: getattr(self, key) for key in keys} | {"room": str(self.room_id), "title": self.room.title}

    @property
    def within(self):
        """In how many seconds there must be news of it; None when nothing more will come."""
        limits = {"waiting": settings.TASKS_EXPIRY, "running": settings.TASKS_LOST_AFTER}
        if self.state not in limits or (self.durable and self.state == "waiting"):
            return None
        silent = (timezone.now() - self.changed).total_seconds()
        return round(max(limits[self.state] - silent, 0), 1)
