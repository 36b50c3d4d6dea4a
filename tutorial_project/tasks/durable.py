"""The same work as one of Django's own tasks: it stays in the database until a `db_worker` takes it."""

from datetime import timedelta

from django.conf import settings
from django.db.models import Q
from django.tasks import task
from django.utils import timezone

from tasks.models import Task
from tasks.running import change, run


@task
def run_durably(number):
    run(number)


def put_back():
    """Let run again, from its beginning, what a killed `db_worker` has left; returns the numbers."""
    silent = timezone.now() - timedelta(seconds=settings.TASKS_LOST_AFTER)
    left = Task.objects.filter(Q(state="lost") | Q(state="running", changed__lte=silent), durable=True)
    put = [task.pk for task in left if change(task.pk, task.state, state="waiting", step=0)]
    for number in put:
        run_durably.enqueue(number)
    return put
