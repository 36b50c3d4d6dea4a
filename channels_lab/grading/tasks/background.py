"""What tasks about workers do alike: rooms in which something was said, tasks, and hearing how they go."""

import json
from contextlib import AbstractAsyncContextManager
from typing import Any

from channels_lab.grading.caller import Caller
from channels_lab.grading.inside import held
from channels_lab.grading.tree import Person
from channels_lab.grading.trial import Trial

__all__ = ["CHANNEL", "busy", "joined", "new_room", "new_task", "news", "state", "taken"]

CHANNEL = "background-tasks"
_SAY = "insert into multichat_message (room_id, user_id, username, text, at) values (?, null, ?, ?, '2026-01-01')"
_WRITE = (
    "insert into tasks_task (user_id, kind, room_id, durable, state, step, steps, result, changed) "
    "select id, 'count', ?, 0, 'waiting', 0, 0, '', datetime('now') from auth_user where username = ?"
)
_ACTIVE = ("waiting", "running")


async def new_room(trial: Trial, *said: tuple[str, str]) -> int:
    """A room in which this was said, pairs of a name and a text: its number."""
    number = trial.number(10_000, 99_999)
    await trial.execute("insert into multichat_room (id, title, staff_only) values (?, ?, 0)", (number, trial.word()))
    await trial.execute(_SAY, *((number, name, text) for name, text in said))
    return number


async def new_task(trial: Trial, person: Person, steps: int) -> int:
    """A task of this person that waits, with so many steps, of which no message was sent yet: its number."""
    room = await new_room(trial, *((trial.word(), trial.word()) for _ in range(steps)))
    await trial.execute(_WRITE, (room, person.name))
    return int((await trial.rows("select max(id) from tasks_task"))[0][0])


async def news(caller: Caller, number: int = 0) -> list[dict[str, Any]]:
    """What is told of a task (by default of the first that is told of) until it has ended."""
    told: list[dict[str, Any]] = []
    while not told or told[-1]["state"] in _ACTIVE:
        await caller.wait_for_json({"task": {"id": number} if number else dict}, timeout=2 * caller.patience)
        told.append(json.loads(caller.received[-1])["task"])
        number = number or told[-1]["id"]
    return told


async def joined(*callers: Caller) -> None:
    """Wait until consumers are in the groups of their people: they accept before, and answer only then."""
    for caller in callers:
        await caller.send("?")
        await caller.wait_for_json({"error": str})


async def state(trial: Trial, number: int) -> str:
    """How a task stands in the database."""
    found = await trial.rows("select state from tasks_task where id = ?", number)
    return str(found[0][0]) if found else "gone"


async def taken(trial: Trial, number: int) -> None:
    """Wait until a worker has taken the message of a task."""
    await trial.until(
        lambda seen: any(event.get("task") == number for event in seen.received("task.run")),
        "the worker should have taken the task's message",
    )


def busy(trial: Trial) -> AbstractAsyncContextManager[None]:
    """Have the database written by somebody else meanwhile: all may read, and whoever writes waits."""
    return held(trial.box.tree, trial.box.starter)
