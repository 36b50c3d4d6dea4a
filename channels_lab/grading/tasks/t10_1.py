"""A job of your own."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from channels_lab.grading.caller import Caller
from channels_lab.grading.task import Task
from channels_lab.grading.tasks.background import CHANNEL, new_room, news
from channels_lab.grading.trial import Trial

__all__ = ["task"]

_STEPS = 4

task = Task(
    kind="worker",
    difficulty="easy",
    minutes=10,
    files=("tasks/jobs.py",),
    hints=(
        "How does a worker find the function that a task's kind names?",
        "Write `longest(room, progress)` beside the others. `read` yields the messages and tells how far it is. What "
        "is returned for a room without messages?",
        'best = max(read(room, progress), key=lambda message: len(message.text), default=None); and JOBS["longest"] = '
        "longest",
    ),
    deadline=30,
)


@asynccontextmanager
async def asked(trial: Trial, room: int) -> AsyncIterator[Caller]:
    """Somebody who has started the job for a room, with a worker that runs."""
    await trial.worker(CHANNEL, env={"TASKS_PACE": "0.01"})
    async with trial.connect("/ws/tasks/", name="alice", user=trial.person()) as caller:
        await caller.send_json({"command": "start", "kind": "longest", "room": room})
        yield caller


async def result(trial: Trial, told: list[dict[str, Any]]) -> str:
    """What the task of which this was told has come to."""
    trial.expect(told[-1]["state"] == "done", f"the task should be done in the end; it is {told[-1]['state']}")
    return str((await trial.rows("select result from tasks_task where id = ?", told[-1]["id"]))[0][0])


@task.behaviour(points=2)
async def the_longest(trial: Trial) -> None:
    """The job finds the longest message of the room, and says who wrote it."""
    text = " ".join(trial.words(6))
    said = [(trial.word(), trial.word()) for _ in range(_STEPS)]
    said[trial.random.randrange(_STEPS)] = (author := trial.word(), text)
    async with asked(trial, await new_room(trial, *said)) as caller:
        found = await result(trial, await news(caller))
        trial.expect(found == f"{author}: {text}\n", f"the result should be {f'{author}: {text}'!r}; it is {found!r}")


@task.behaviour
async def is_told(trial: Trial) -> None:
    """Whoever has started it is told of each step."""
    said = [(trial.word(), trial.word()) for _ in range(_STEPS)]
    async with asked(trial, await new_room(trial, *said)) as caller:
        steps = [one["step"] for one in await news(caller) if one["state"] == "running" and one["step"]]
        trial.expect(steps == [1, 2, 3, 4], f"steps 1, 2, 3 and 4 should have been told; it was {steps}")


@task.behaviour
async def an_empty_room(trial: Trial) -> None:
    """A room without messages is no failure: nobody has said anything."""
    async with asked(trial, await new_room(trial)) as caller:
        found = await result(trial, await news(caller))
        wanted = "Nobody has said anything.\n"
        trial.expect(found == wanted, f"the result should be {wanted!r}; it is {found!r}")


@task.behaviour
async def a_tie(trial: Trial) -> None:
    """Of two that are equally long the older one counts."""
    text, first = trial.word(), trial.word()
    async with asked(trial, await new_room(trial, (first, text), (trial.word(), text))) as caller:
        found = await result(trial, await news(caller))
        trial.expect(found == f"{first}: {text}\n", f"of two that are equally long {first}'s is older; {found!r} came")
