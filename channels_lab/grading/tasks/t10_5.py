"""Cancel a task."""

from channels_lab.explain.book import Said
from channels_lab.explain.evidence import Evidence
from channels_lab.grading.caller import Caller
from channels_lab.grading.task import Task
from channels_lab.grading.tasks.background import CHANNEL, joined, new_room, new_task, news, state, taken
from channels_lab.grading.trial import Trial
from channels_lab.grading.unmet import Unmet, quoted

__all__ = ["task"]

_STEPS = 6

task = Task(
    kind="worker",
    difficulty="hard",
    minutes=25,
    files=("tasks/starting.py", "tasks/commands.py"),
    hints=(
        "What does a running job do when it finds, at its next step, that its task does not run any more?",
        "`change` writes a new state only where the task is in the state that it should be in, and tells all tabs. Try "
        "it for each state of `ACTIVE`; look first that the task is the person's own.",
        'for before in ACTIVE: if user.tasks.filter(pk=number).exists() and change(number, before, state="cancelled"): '
        'return number    … raise Refused("TASK_INVALID", …)',
    ),
    deadline=30,
)


async def start(trial: Trial, caller: Caller) -> int:
    """Start a task; returns its number."""
    room = await new_room(trial, *((trial.word(), trial.word()) for _ in range(_STEPS)))
    await caller.send_json({"command": "start", "kind": trial.random.choice(["count", "export"]), "room": room})
    return int((await caller.wait_for_json({"started": int}))["started"])


async def cancel(caller: Caller, number: int | str) -> None:
    """Ask for a task to be cancelled."""
    await caller.send_json({"command": "cancel", "task": number})


async def cancelled(caller: Caller, number: int, standing: str) -> None:
    """Ask for it, and expect that it is granted."""
    before = len(caller.received)
    await cancel(caller, number)
    try:
        await caller.wait_for_json({"cancelled": number})
    except Unmet:
        refusal = next((one for one in caller.received[before:] if "error" in str(one)), None)
        if refusal is None:
            raise
        raise Unmet(f"A task that {standing} should have been cancelled; {quoted(refusal)} came.") from None


async def refused(caller: Caller, number: int | str, what: str) -> None:
    """Ask for it, and expect a refusal; `what` says what is asked for."""
    before = len(caller.received)
    await cancel(caller, number)
    try:
        await caller.expect_json({"error": "TASK_INVALID"}, extra=True)
    except Unmet:
        if any("cancelled" in str(one) for one in caller.received[before:]):
            raise Unmet(f"{what} should not have been cancelled; {quoted(caller.received[-1])} came.") from None
        raise


@task.behaviour(points=2)
async def while_it_waits(trial: Trial) -> None:
    """A task that waits is cancelled: all tabs are told, and a worker that comes later does not run it."""
    person = trial.person()
    async with (
        trial.connect("/ws/tasks/", name="alice", user=person) as alice,
        trial.connect("/ws/tasks/", name="alice's other tab", user=person) as tab,
    ):
        await joined(alice, tab)
        number = await new_task(trial, person, _STEPS)
        await cancelled(alice, number, "waits")
        await alice.wait_for_json({"task": {"id": number, "state": "cancelled"}})
        await tab.expect_json({"task": {"id": number, "state": "cancelled"}}, extra=True)
        await trial.worker(CHANNEL, env={"TASKS_PACE": "0.01"})
        await trial.put(CHANNEL, {"type": "task.run", "task": number})
        await taken(trial, number)
        await tab.expect_nothing()
        found = await state(trial, number)
        trial.expect(found == "cancelled", f"the task should still be cancelled; it is {found}")


@task.behaviour(points=2)
async def while_it_runs(trial: Trial) -> None:
    """A task that runs is cancelled: no further step is told, and it is never done."""
    await trial.worker(CHANNEL, env={"TASKS_PACE": "0.2"})
    person = trial.person()
    async with (
        trial.connect("/ws/tasks/", name="alice", user=person) as alice,
        trial.connect("/ws/tasks/", name="alice's other tab", user=person) as tab,
    ):
        await joined(alice, tab)
        number = await start(trial, alice)
        await tab.wait_for_json({"task": {"id": number, "state": "running", "step": 1}})
        await cancelled(alice, number, "runs")
        await tab.wait_for_json({"task": {"id": number, "state": "cancelled"}})
        await tab.expect_nothing(0.4)
        found = await state(trial, number)
        trial.expect(found == "cancelled", f"the task should still be cancelled; it is {found}")


@task.behaviour
async def of_somebody_else(trial: Trial) -> None:
    """Somebody else's task is answered with TASK_INVALID, and stays."""
    alice, eve = trial.people(2)
    async with (
        trial.connect("/ws/tasks/", name="alice", user=alice) as one,
        trial.connect("/ws/tasks/", name="eve", user=eve) as other,
    ):
        await joined(one, other)
        number = await new_task(trial, alice, _STEPS)
        await refused(other, number, "Somebody else's task")
        found = await state(trial, number)
        trial.expect(found == "waiting", f"alice's task should still be waiting; it is {found}")
        await one.expect_nothing(0.1)


@task.behaviour
async def that_is_over(trial: Trial) -> None:
    """A task that is over, or never was, is answered with TASK_INVALID; and so is what is no number."""
    await trial.worker(CHANNEL, env={"TASKS_PACE": "0.01"})
    async with trial.connect("/ws/tasks/", name="alice", user=trial.person()) as alice:
        number = await start(trial, alice)
        await news(alice, number)
        await refused(alice, number, "A task that is done")
        found = await state(trial, number)
        trial.expect(found == "done", f"the task should still be done; it is {found}")
        await refused(alice, number + trial.number(), "A task that never was")
        await refused(alice, trial.word(), "What is no number")


@task.mistake
def not_in_the_table(evidence: Evidence) -> Said | None:
    """The command is obeyed, and not entered in the table of commands."""
    told = any("UNKNOWN_COMMAND" in str(event.get("text")) for event in evidence.sent("websocket.send"))
    if not told or evidence.source.calls("cancel", "tasks/commands.py") == []:
        return None
    return Said(
        see="The answer to `cancel` is `UNKNOWN_COMMAND`.",
        why="`read` looks each command up in `KEYS` first, and there is none of this name.",
        change='Enter `"cancel"` in `KEYS`, in `tasks/commands.py`, with the keys that it needs.',
    )


@task.mistake
def nobody_is_told(evidence: Evidence) -> Said | None:
    """The row is changed, and nobody is told."""
    updates = [call.place for call in evidence.source.calls("update", "tasks/starting.py")]
    updates += [call.place for call in evidence.source.calls("save", "tasks/starting.py")]
    if not updates or "cancelled" not in str(evidence.error):
        return None
    return Said(
        see="The state is written, and the tabs are not told of it.",
        why="Pages hear of a task by an event to its person's group; `change` sends one with each change.",
        change='Write it by `change(number, before, state="cancelled")`.',
        place=updates[-1],
    )
