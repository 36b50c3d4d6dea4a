"""Claimed once."""

import ast
import re

from channels_lab.explain.book import Said
from channels_lab.explain.evidence import Evidence
from channels_lab.grading.caller import Caller
from channels_lab.grading.task import Task
from channels_lab.grading.tasks.background import CHANNEL, busy, joined, new_task, news, state, taken
from channels_lab.grading.trial import Trial
from channels_lab.grading.unmet import Unmet

__all__ = ["task"]

_FILE = "tasks/running.py"
_NAMES = ("worker", "second", "third")
_STEPS = 3
_ROUNDS = 5
# Given up by the database itself, as soon as the first step is written: nobody comes too late, however fast the worker.
_GIVE_UP = (
    "create trigger gives_up after update on tasks_task when new.id = {} and new.step = 1 and new.state = 'running' "
    "begin update tasks_task set state = 'lost' where id = new.id; end"
)

task = Task(
    kind="worker",
    difficulty="medium",
    minutes=15,
    files=(_FILE,),
    hints=(
        "Three workers read that the task waits, and then each writes that it runs. What may happen between a worker's "
        "reading and its writing?",
        "Let the database look and write in one step: an UPDATE with a WHERE says how many rows it changed. Or lock "
        "the row for as long as both take.",
        "changed = Task.objects.filter(pk=number, state=before).update(**changes, changed=timezone.now()); only where "
        "that is not 0 there is something to tell",
    ),
    deadline=30,
)


async def send(trial: Trial, number: int) -> None:
    """Send the message that tells a worker to run a task."""
    await trial.put(CHANNEL, {"type": "task.run", "task": number})


async def runs_once(trial: Trial, caller: Caller, number: int) -> None:
    """It is told once that the task begins, once of each step, and once that it is done."""
    told = await news(caller, number)
    begun = [one for one in told if one["state"] == "running" and not one["step"]]
    trial.expect(len(begun) == 1, f"the task should have begun once; that was told {len(begun)} times")
    steps = [one["step"] for one in told if one["state"] == "running" and one["step"]]
    trial.expect(steps == [1, 2, 3], f"steps 1, 2 and 3 should have been told once each; it was {steps}")
    trial.expect(told[-1]["state"] == "done", f"the task should be done in the end; it is {told[-1]['state']}")


async def all_have_it(trial: Trial, number: int) -> None:
    """Send the message until each of the three workers has got it."""
    for _ in range(_ROUNDS):
        for _ in _NAMES:
            await send(trial, number)
        try:
            await trial.until(
                lambda seen: {one.process for one in seen.connections if one.received("task.run")} >= set(_NAMES),
                "each of the three workers should have taken the message",
                timeout=1,
            )
            return
        except Unmet:
            continue  # one has taken another's: they take turns
    raise Unmet("Each of the three workers should have taken the message; not all did.")


@task.behaviour
async def as_before(trial: Trial) -> None:
    """A task is done, and its person is told of each step."""
    person = trial.person()
    number = await new_task(trial, person, _STEPS)
    await trial.worker(CHANNEL, env={"TASKS_PACE": "0.01"})
    async with trial.connect("/ws/tasks/", name="alice", user=person) as alice:
        await joined(alice)
        await send(trial, number)
        await runs_once(trial, alice, number)
        await send(trial, number)
        await trial.until(
            lambda seen: len(seen.received("task.run")) > 1, "the worker should take a second message, too"
        )
        await alice.expect_nothing()


@task.behaviour(points=3)
async def at_the_same_time(trial: Trial) -> None:
    """Three workers get the same task at the same time, while the database is busy: one of them runs it."""
    person = trial.person()
    number = await new_task(trial, person, _STEPS)
    for name in _NAMES:
        await trial.worker(CHANNEL, name=name, env={"TASKS_PACE": "0.01"})
    async with trial.connect("/ws/tasks/", name="alice", user=person) as alice:
        await joined(alice)
        async with busy(trial):
            await all_have_it(trial, number)
            await alice.expect_nothing(0.15)  # all have read by now what they can, and wait to write
        await runs_once(trial, alice, number)
        await alice.expect_nothing(0.1)


@task.behaviour
async def given_up(trial: Trial) -> None:
    """A task that was given up while it ran stays as it is: its job ends with the next step."""
    person = trial.person()
    number = await new_task(trial, person, _STEPS)
    await trial.execute(_GIVE_UP.format(number), ())
    await trial.worker(CHANNEL, env={"TASKS_PACE": "0.01"})
    async with trial.connect("/ws/tasks/", name="alice", user=person) as alice:
        await joined(alice)
        await send(trial, number)
        await taken(trial, number)
        await alice.wait_for_json({"task": {"id": number, "step": 1}})
        await alice.expect_nothing(0.3)
        found = await state(trial, number)
        trial.expect(found == "lost", f"the task should still be lost; it is {found}")


@task.mistake
def looks_first(evidence: Evidence) -> Said | None:
    """It is read, compared, and written afterwards."""
    text = evidence.source.files.get(_FILE, "")
    if not re.search(r"should have begun once|told once each", str(evidence.error)) or "select_for_update" in text:
        return None
    saves = evidence.source.calls("save", _FILE) or evidence.source.calls("update", _FILE)
    return Said(
        see="Several workers have read that the task waits, before one of them wrote that it runs.",
        why="Between reading and writing others read, too. A transaction that only reads first locks nothing.",
        change="Look and write in one step: `filter(pk=…, state=…).update(…)` says how many rows it has changed.",
        place=saves[0].place if saves else None,
    )


@task.mistake
def no_longer_told(evidence: Evidence) -> Said | None:
    """The change is written, and nobody hears of it."""
    if "should have received" not in str(evidence.error) or _within_change(evidence, ast.Name, "tell"):
        return None
    return Said(
        see="`change` writes, and no longer tells anybody.",
        why="Pages do not look into the database again and again; an event to the person's group moves the bar.",
        change="Call `tell` with the task, where a row has changed.",
    )


@task.mistake
def no_answer(evidence: Evidence) -> Said | None:
    """`change` does not return whether it has written."""
    if "should have received" not in str(evidence.error) or _within_change(evidence, ast.Return):
        return None
    return Said(
        see="The task is said to run, and nobody goes on with it.",
        why="`run` and `progress` go on only where `change` says that it has written. None counts as no.",
        change="Return whether a row has changed.",
    )


@task.mistake
def written_in_any_state(evidence: Evidence) -> Said | None:
    """The state before is not looked at, or it is told of what was not written."""
    error = str(evidence.error)
    if "Nothing should have come" not in error:
        return None
    if '"state": "done"' in error:
        return Said(
            see="Alice is told once more of a task that is done, and on which nobody works.",
            why="`change` has changed no row, for the task is not in the state `before`; and tells her all the same.",
            change="Tell only where a row has changed.",
        )
    return Said(
        see="A task runs that should not: its message came twice, or it was given up.",
        why="`change` writes whatever state the task is in.",
        change="Write only where the task is in the state `before`.",
    )


def _within_change(evidence: Evidence, kind: type[ast.AST], name: str = "") -> bool:
    """Whether the function `change` has such a node, where it is known."""
    tree = evidence.source.tree(_FILE)
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)] if tree else []
    change = next((one for one in functions if one.name == "change"), None)
    if change is None:
        return True
    return any(isinstance(node, kind) and name in ("", getattr(node, "id", "")) for node in ast.walk(change))
