"""Exports wait elsewhere."""

from typing import Any

from channels_lab.explain.book import Said
from channels_lab.explain.evidence import Evidence
from channels_lab.grading.caller import Caller
from channels_lab.grading.task import Task
from channels_lab.grading.tasks.background import CHANNEL, new_room, news, state, taken
from channels_lab.grading.trial import Trial

__all__ = ["task"]

_EXPORTS = "exports"
_QUICK = {"TASKS_PACE": "0.01"}

task = Task(
    kind="worker",
    difficulty="medium",
    minutes=15,
    files=("tasks/starting.py", "config/asgi.py"),
    hints=(
        "A worker takes messages out of the channels that its command names. Who names the channel when a task "
        "starts, and who names the consumer when the message is taken?",
        "In `start`, choose the channel by the kind; in `ChannelNameRouter`, enter the second name, too.",
        'channel = "exports" if kind == "export" else CHANNEL; and "exports": BackgroundTaskConsumer.as_asgi()',
    ),
    deadline=30,
)


async def start(caller: Caller, kind: str, room: int) -> int:
    """Start a task; returns its number."""
    await caller.send_json({"command": "start", "kind": kind, "room": room})
    return int((await caller.wait_for_json({"started": int}))["started"])


async def a_room(trial: Trial) -> int:
    """A room in which two things were said."""
    return await new_room(trial, *((trial.word(), trial.word()) for _ in range(2)))


async def forget(trial: Trial, number: int) -> None:
    """Remove a task: the next behaviour's worker takes its message, and has nothing to do."""
    await trial.execute("delete from tasks_task where id = ?", (number,))


async def done(trial: Trial, caller: Caller, number: int) -> dict[str, Any]:
    """Wait until this task has ended, and see that it is done."""
    last = (await news(caller, number))[-1]
    trial.expect(last["state"] == "done", f"task {number} should be done in the end; it is {last['state']}")
    return last


@task.behaviour(points=2)
async def exports_elsewhere(trial: Trial) -> None:
    """A worker of `exports` does exports, and leaves the rest alone."""
    room = await a_room(trial)
    async with trial.connect("/ws/tasks/", name="alice", user=trial.person()) as alice:
        count, export = await start(alice, "count", room), await start(alice, "export", room)
        await trial.worker(_EXPORTS, env=_QUICK)
        await done(trial, alice, export)
        found = await state(trial, count)
        trial.expect(found == "waiting", f"the count should wait for a worker of `{CHANNEL}`; it is {found}")
        await forget(trial, count)


@task.behaviour
async def the_rest_as_before(trial: Trial) -> None:
    """A worker of `background-tasks` does counts, and leaves exports alone."""
    room = await a_room(trial)
    async with trial.connect("/ws/tasks/", name="alice", user=trial.person()) as alice:
        export, count = await start(alice, "export", room), await start(alice, "count", room)
        await trial.worker(CHANNEL, env=_QUICK)
        await done(trial, alice, count)
        found = await state(trial, export)
        trial.expect(found == "waiting", f"the export should wait for a worker of `{_EXPORTS}`; it is {found}")
        await forget(trial, export)


@task.behaviour(points=2)
async def nobody_waits(trial: Trial) -> None:
    """With a worker for each, a count that is started after a long export is done before it."""
    room = await a_room(trial)
    await trial.worker(_EXPORTS, name="exporter", env={"TASKS_PACE": "0.4"})
    await trial.worker(CHANNEL, env=_QUICK)
    async with trial.connect("/ws/tasks/", name="alice", user=trial.person()) as alice:
        export = await start(alice, "export", room)
        await taken(trial, export)
        count = await start(alice, "count", room)
        await done(trial, alice, count)
        found = await state(trial, export)
        trial.expect(found == "running", f"the export should still be running; it is {found}")
        await done(trial, alice, export)


@task.mistake
def in_its_old_channel(evidence: Evidence) -> Said | None:
    """Every message is sent to the one channel."""
    sends = evidence.source.calls("send", "tasks/starting.py")
    to = {str(event.details.get("to", "")) for event in evidence.layer("send")}
    if _EXPORTS in to or CHANNEL not in to:
        return None
    return Said(
        see="All messages go to `background-tasks`; none goes to `exports`.",
        why="A worker of `exports` gets what is sent to that name. The router only says who takes it then.",
        change="In `start`, choose the channel by the task's kind.",
        place=sends[0].place if sends else None,
    )


@task.mistake
def everything_there(evidence: Evidence) -> Said | None:
    """Every message is sent to the new channel."""
    to = {str(event.details.get("to", "")) for event in evidence.layer("send")}
    if CHANNEL in to or _EXPORTS not in to:
        return None
    return Said(
        see="All messages go to `exports`, the counts', too.",
        why="Then a count waits behind exports as before, in another channel.",
        change="Send only exports there: look at the task's kind.",
    )


@task.mistake
def in_both(evidence: Evidence) -> Said | None:
    """An export's message is sent to both channels."""
    if "the export should wait" not in str(evidence.error):
        return None
    return Said(
        see="The message of an export goes to `exports`, and to `background-tasks`, too.",
        why="Whichever worker is free first takes it: counts wait behind exports again.",
        change="Send each message to one channel.",
    )
