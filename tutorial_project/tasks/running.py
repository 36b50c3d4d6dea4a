"""Running a task: it is claimed, told of step by step, and ended, whatever happens."""

import logging

from asgiref.sync import async_to_sync
from channels.layers import get_channel_layer
from django.utils import timezone

from multichat.layer import FAILURES, ask
from tasks.jobs import JOBS
from tasks.models import Task, group_of

log = logging.getLogger(__name__)


class GivenUp(Exception): ...  # its person was told that it is lost


def run(number):
    """Run the task of this number, once: a message that comes twice finds it running."""
    if not change(number, "waiting", state="running"):
        return
    try:
        task = Task.objects.get(pk=number)
        result = JOBS[task.kind](task.room, lambda *done: progress(number, *done))
        change(number, "running", state="done", result=result)
    except GivenUp:
        log.warning("Task %s was given up while it ran.", number)
    except Exception:
        log.exception("Task %s failed.", number)  # the traceback is for us, not for its person
        change(number, "running", state="failed")


def progress(number, step, steps):
    if not change(number, "running", step=step, steps=steps):
        raise GivenUp


def change(number, before, **changes):
    """Write a change of a task down, if it is in the state `before`, and tell its person; returns whether it was."""
    # One UPDATE … WHERE state = …: of two who try at once, the database lets one.
    changed = Task.objects.filter(pk=number, state=before).update(**changes, changed=timezone.now())
    if changed:
        tell(Task.objects.get(pk=number))
    return bool(changed)


def tell(task):
    """Tell a task's person how it stands. A bar that cannot be moved is no reason to stop the work."""
    event = {"type": "task.changed", "task": task.told()}
    try:
        async_to_sync(ask)(get_channel_layer().group_send(group_of(task.user_id), event))
    except FAILURES as error:
        log.warning("Of task %s nobody could be told: %s", task.pk, error)
