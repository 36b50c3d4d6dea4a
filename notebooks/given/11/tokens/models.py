"""A token's row: whose it is, and until when. Nothing in it is secret."""

import uuid
from datetime import timedelta

from django.conf import settings
from django.db import models
from django.utils import timezone

MOST = 20  # of one user


class Token(models.Model):
    # Random, and not 1, 2, 3: after a reset of the database an old token must not fit a new row.
    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE)
    name = models.CharField(max_length=60)
    made = models.DateTimeField(auto_now_add=True)
    expires = models.DateTimeField()
    used = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-made"]

    def __str__(self):
        return f"{self.name} ({self.user})"

    @classmethod
    def make(cls, user, name, lifetime):
        return cls.objects.create(user=user, name=name, expires=timezone.now() + lifetime)

    async def touch(self):
        """Note that it is used; once a minute is often enough."""
        now = timezone.now()
        if self.used is None or now - self.used > timedelta(minutes=1):
            await Token.objects.filter(id=self.id).aupdate(used=now)
