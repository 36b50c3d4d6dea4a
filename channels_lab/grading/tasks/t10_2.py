"""Start a task from the command line."""

import re

from channels_lab.explain.book import Said
from channels_lab.explain.evidence import Evidence
from channels_lab.grading.task import Task
from channels_lab.grading.tasks.background import CHANNEL, joined, new_room, news
from channels_lab.grading.trial import Trial

__all__ = ["task"]

_COMMAND = "tasks/management/commands/start_task.py"
_SECONDS = 8

task = Task(
    kind="worker",
    difficulty="easy",
    minutes=10,
    files=(_COMMAND,),
    hints=(
        "A view and a consumer start tasks already. Which function do both call, and what does it want to know?",
        "Look the person up by the name, and call `start` of `tasks/starting.py` with the person's `pk`, the kind and "
        "the room. It raises `Refused`; a command that cannot do its work raises `CommandError`.",
        'try: task = start(user.pk, {"kind": kind, "room": room})    except Refused as refused: raise '
        "CommandError(str(refused))",
    ),
    deadline=30,
)


async def refused(trial: Trial, *words: str) -> str:
    """Run the command, which should fail; returns what it printed."""
    process = trial.box.command(trial.box.tree, "start_task", *words)
    code = await process.end(_SECONDS)
    what = f"`manage.py start_task {' '.join(words)}`"
    trial.expect(code, f"{what} should have failed; it ended with status 0")
    last = next((line for line in reversed(process.log.splitlines()) if line.strip()), "")
    trial.expect(
        "Traceback" not in process.log, f"{what} should have said what is wrong in a sentence; it raised {last}"
    )
    return process.log


@task.behaviour(points=2)
async def starts(trial: Trial) -> None:
    """The command starts the task: its person's page is told, and its number is printed."""
    person, room = trial.person(), await new_room(trial)
    kind = trial.random.choice(["count", "export"])
    async with trial.connect("/ws/tasks/", name="alice", user=person) as alice:
        await joined(alice)
        printed = await trial.manage("start_task", person.name, kind, str(room))
        told = await alice.expect_json({"task": {"state": "waiting", "kind": kind, "room": str(room)}}, extra=True)
        number = told["task"]["id"]
        trial.expect(
            re.search(rf"\btask {number}\b", printed), f"`task {number}` should have been printed; it was {printed!r}"
        )


@task.behaviour
async def is_done(trial: Trial) -> None:
    """A worker does it."""
    person, text = trial.person(), trial.text()
    room = await new_room(trial, (trial.word(), text))
    async with trial.connect("/ws/tasks/", name="alice", user=person) as alice:
        await joined(alice)
        await trial.manage("start_task", person.name, "export", str(room))
        await trial.worker(CHANNEL, env={"TASKS_PACE": "0.01"})
        last = (await news(alice))[-1]
        trial.expect(last["state"] == "done", f"the task should be done in the end; it is {last['state']}")
        result = (await trial.rows("select result from tasks_task where id = ?", last["id"]))[0][0]
        trial.expect(text in result, f"the room's message should be in the result; it is {result!r}")


@task.behaviour
async def nobody(trial: Trial) -> None:
    """A name that nobody has is said in a sentence, with a status that is not 0."""
    await refused(trial, trial.word(), "count", "1")


@task.behaviour
async def not_allowed(trial: Trial) -> None:
    """What `start` refuses, a kind or a room, is said in its own sentence."""
    person = trial.person()
    for words, reason in ((trial.word(), "1"), "A kind of task"), (("count", "3"), "This room is for the staff"):
        printed = await refused(trial, person.name, *words)
        trial.expect(reason in printed, f"“{reason} …” should have been said; it was {printed.strip()!r}")


@task.mistake
def only_written_down(evidence: Evidence) -> Said | None:
    """The task is a row of the database, and nobody has been told."""
    made = evidence.source.calls("create", _COMMAND) or evidence.source.calls("save", _COMMAND)
    if not made or evidence.source.calls("start", _COMMAND):
        return None
    return Said(
        see="A row is written; no page and no worker hears of it.",
        why="A worker does not look into the database: a message in its channel tells it what to run.",
        change="Call `start` of `tasks/starting.py`, as the view and the consumer do.",
        place=made[0].place,
    )
