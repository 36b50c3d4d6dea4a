"""What the worker exports."""

from channels_lab.grading.task import Task

__all__ = ["task"]

_JOBS = "tasks/jobs.py"

task = Task(
    kind="tests",
    difficulty="medium",
    minutes=20,
    files=("tasks/test_export.py",),
    hints=(
        "With which messages, in which rooms, would each of the three broken workers export something else?",
        "Make more messages than a job has steps, and another room with a message of its own. Then compare the whole "
        "result, line by line, not its length.",
        'task = await Task.objects.acreate(user=…, kind="export", room=…); await self.worker.send_input({"type": '
        '"task.run", "task": task.pk}); when it is done, refresh it and look at task.result.splitlines()',
    ),
    deadline=60,
)

task.sound("They pass on the project as it is.")
task.mutant(
    "They notice a worker that exports the messages of all rooms.",
    _JOBS,
    "Message.objects.filter(room=room)",
    "Message.objects.all()",
)
task.mutant(
    "They notice a worker that exports the newest message first.",
    _JOBS,
    'order_by("id")',
    'order_by("-id")',
)
task.mutant(
    "They notice a worker that exports twenty messages at most.",
    _JOBS,
    "messages[count * step // steps : count * (step + 1) // steps]",
    "messages[step : step + 1]",
)
