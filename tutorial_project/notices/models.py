"""What is announced."""

from django.db import models


class Notice(models.Model):
    text = models.CharField(max_length=200)
    at = models.DateTimeField(auto_now_add=True)
