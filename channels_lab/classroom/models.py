"""What the room keeps: seats, what was tried from each, and where the room as a whole is."""

from django.db import models

__all__ = ["Moment", "Seat", "Sender", "Try"]


class Seat(models.Model):
    """A learner. `secret` is a hash of what their kernels show to be the same again; times are the server's."""

    secret = models.CharField(max_length=64, unique=True)
    name = models.CharField(max_length=60)
    chapter = models.CharField(max_length=2, default="")
    task = models.CharField(max_length=5, default="")
    hand = models.FloatField(null=True)  # when it was raised
    words = models.CharField(max_length=200, default="")
    # "" is at its place; "left" has gone and was forgotten; "out" was sent out by the leader.
    state = models.CharField(max_length=4, default="")
    changed = models.IntegerField(db_index=True)  # the room's revision when this row last changed

    class Meta:
        app_label = "classroom"


class Sender(models.Model):
    """A kernel of a seat, and the id of the last report that it is known to have made: none counts twice."""

    seat = models.ForeignKey(Seat, models.CASCADE)
    name = models.CharField(max_length=64)
    last = models.BigIntegerField(null=True)

    class Meta:
        app_label = "classroom"
        constraints = (models.UniqueConstraint(fields=["seat", "name"], name="one_sender"),)


class Try(models.Model):
    """What a learner has tried of one task. `mistakes` are those that were recognised, and `now` the last one's."""

    seat = models.ForeignKey(Seat, models.CASCADE)
    task = models.CharField(max_length=5)
    number = models.IntegerField(default=0)
    passed = models.BooleanField(default=False)
    mistakes = models.JSONField(default=list)
    now = models.CharField(max_length=60, default="")

    class Meta:
        app_label = "classroom"
        constraints = (models.UniqueConstraint(fields=["seat", "task"], name="one_try"),)


class Moment(models.Model):
    """The room as a whole, in one row: the number of its last change, the offer to go to a chapter, the timer."""

    revision = models.IntegerField(default=0)
    goto = models.CharField(max_length=2, default="")
    offer = models.IntegerField(default=0)  # which one it is: each is shown once
    timer_ends = models.FloatField(default=0)
    timer_of = models.FloatField(default=0)
    door_open = models.BooleanField(default=True)

    class Meta:
        app_label = "classroom"
