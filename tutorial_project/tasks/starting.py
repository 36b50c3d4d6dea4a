"""Starting tasks, from a view and from a consumer, and giving them up."""

from datetime import timedelta

from asgiref.sync import async_to_sync
from channels.layers import get_channel_layer
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from multichat import rights
from multichat.layer import FAILURES, ask
from multichat.protocol import Refused, read_room
from tasks.durable import run_durably
from tasks.jobs import JOBS
from tasks.models import ACTIVE, Task
from tasks.running import change, log, tell

CHANNEL = "background-tasks"
MOST_ACTIVE = 20  # of one person


def start(user_id, asked):
    """Write down what a form or a command asks for, and tell a worker to run it; raises Refused."""
    kind, room, durable = asked.get("kind"), asked.get("room"), bool(asked.get("durable"))
    if not isinstance(kind, str) or kind not in JOBS:
        raise Refused("BAD_VALUE", f"A kind of task is one of {', '.join(JOBS)}.")
    with transaction.atomic():  # the row of the task and that of the backend: both, or none
        user, room = rights.check(user_id, read_room(room))
        if user.tasks.filter(state__in=ACTIVE).count() >= MOST_ACTIVE:
            raise Refused("TOO_FAST", f"{MOST_ACTIVE} of your tasks are not done yet: wait for one of them.")
        task = Task.objects.create(user=user, kind=kind, room=room, durable=durable)
        if durable:
            run_durably.enqueue(task.pk)
    tell(task)
    if durable:
        return task
    try:
        async_to_sync(ask)(get_channel_layer().send(CHANNEL, {"type": "task.run", "task": task.pk}))
    except FAILURES as error:  # ChannelFull among them: too many messages wait
        log.warning("Task %s was not sent: %s", task.pk, error or "the channel is full")
        change(task.pk, "waiting", state="failed")
        raise Refused("NOT_DELIVERED", "No worker can be reached now, or too many tasks wait.") from None
    return task


def give_up(user):
    """End what there was no news of in time: nobody took it, or its worker is gone."""
    for before, seconds, after in (
        ("waiting", settings.TASKS_EXPIRY, "expired"),
        ("running", settings.TASKS_LOST_AFTER, "lost"),
    ):
        silent = timezone.now() - timedelta(seconds=seconds)
        for task in user.tasks.filter(state=before, changed__lte=silent):
            if task.within is not None:
                change(task.pk, before, state=after)
