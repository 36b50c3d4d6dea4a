"""A clock for each."""

import asyncio

from channels_lab.explain.book import Said
from channels_lab.explain.coroutines import find_forgotten
from channels_lab.explain.evidence import Evidence
from channels_lab.grading.task import Task
from channels_lab.grading.trial import Trial
from channels_lab.grading.unmet import Unmet

__all__ = ["task"]

_CLOSING = "https://channels.readthedocs.io/en/stable/topics/consumers.html#closing-consumers"
_MOST_TICKS = 100

task = Task(
    difficulty="hard",
    minutes=20,
    files=("chat/consumers.py",),
    hints=(
        "A consumer handles one event after another. What runs beside its methods, and what ends it?",
        "Start a task, and keep it in `self.clock`. `/stop`, a new `/start` and `disconnect` cancel it.",
        "self.clock = asyncio.create_task(self.tick()), self.clock.cancel(), and in tick: while True: await "
        "asyncio.sleep(SECONDS); …",
    ),
)


@task.behaviour
async def ticks(trial: Trial) -> None:
    """Whoever sends `/start` gets ticks, counted from 1; nobody else does."""
    word, path = trial.word(), f"/ws/chat/{trial.room()}/"
    async with trial.connect(path, name="alice") as alice, trial.connect(path, name="bob") as bob:
        await alice.send_json({"message": "/start"})
        for number in (1, 2, 3):
            await alice.expect_json({"tick": number})
        await bob.send_json({"message": word})
        await bob.expect_json({"message": word}, extra=True)


@task.behaviour(points=2)
async def the_chat_goes_on(trial: Trial) -> None:
    """Meanwhile the chat goes on, and the clock, too."""
    word, path = trial.text(), f"/ws/chat/{trial.room()}/"
    async with trial.connect(path, name="alice") as alice, trial.connect(path, name="bob") as bob:
        await alice.send_json({"message": "/start"})
        await alice.expect_json({"tick": 1})
        await alice.send_json({"message": word})
        await bob.expect_json({"username": "guest", "message": word}, extra=True)
        await alice.wait_for_json({"username": "guest", "message": word})
        await alice.expect_json({"tick": int})


@task.behaviour
async def stops(trial: Trial) -> None:
    """`/stop` ends it."""
    word = trial.word()
    async with trial.connect(f"/ws/chat/{trial.room()}/", name="alice") as alice:
        await alice.send_json({"message": "/stop"})  # nothing to stop yet
        await alice.send_json({"message": "/start"})
        await alice.expect_json({"tick": 1})
        await alice.send_json({"message": "/stop"})
        await alice.send_json({"message": word})
        await alice.wait_for_json({"message": word})
        await alice.expect_nothing(0.2)


@task.behaviour
async def starts_anew(trial: Trial) -> None:
    """`/start` while a clock runs starts it anew: there is one, and it counts from 1."""
    async with trial.connect(f"/ws/chat/{trial.room()}/", name="alice") as alice:
        await alice.send_json({"message": "/start"})
        for number in (1, 2):
            await alice.expect_json({"tick": number})
        await alice.send_json({"message": "/start"})
        await alice.wait_for_json({"tick": 1})
        for number in (2, 3, 4):
            await alice.expect_json({"tick": number})


@task.behaviour(points=2)
async def ends_with_its_connection(trial: Trial) -> None:
    """Whoever leaves takes the clock along: nothing ticks on in the server."""
    async with trial.connect(f"/ws/chat/{trial.room()}/", name="alice") as alice:
        await alice.send_json({"message": "/start"})
        await alice.expect_json({"tick": 1})
    await trial.until(lambda seen: seen.of("end") or seen.errors(), "alice's consumer should have ended", 4)
    await asyncio.sleep(0.2)  # what must not come has time to come
    # Only the record tells, which the answer's process writes: see CONTRIBUTING.
    late = _ticks_after_the_end(trial.evidence())
    if late > 1:  # one may be on its way
        raise Unmet(f"After alice had left, the clock should have stopped; it ticked {late} times more.")


def _ticks_after_the_end(evidence: Evidence) -> int:
    """How many ticks a consumer has sent when it had ended."""
    late = 0
    for connection in evidence.connections:
        ends = connection.of("end") or connection.of("error")
        ticks = [event for event in connection.of("send") if '"tick"' in str(event.details.get("event"))]
        late += sum(event.t > ends[0].t for event in ticks) if ends else 0
    return late


@task.mistake(page=_CLOSING)
def a_loop_in_receive(evidence: Evidence) -> Said | None:
    """The loop is in a method that the consumer waits for."""
    text = evidence.source.files["chat/consumers.py"]
    ticking = [one for one in evidence.connections if any('"tick"' in str(sent) for sent in one.sent("websocket.send"))]
    if not ticking or "create_task" in text or "ensure_future" in text or "while" not in text:
        return None
    return Said(
        see="As long as the clock ticks, the consumer hears nothing: no message, no `/stop`, no end.",
        why="A consumer handles one event after another, and `receive` has not returned: its loop goes round.",
        change="Put the loop into a method of its own, and start that with `self.clock = "
        "asyncio.create_task(self.tick())`; then `receive` returns at once.",
    )


@task.mistake
def two_clocks(evidence: Evidence) -> Said | None:
    """A second start leaves the first clock running."""
    for connection in evidence.connections:
        told = [str(sent.get("text", "")) for sent in connection.sent("websocket.send")]
        ticks = [text for text in told if '"tick"' in text]
        anew = [at for at, text in enumerate(ticks) if text == '{"tick": 1}'][1:]
        after = ticks[anew[0] : anew[0] + 2] if anew else []
        if len(after) == 2 and after[1] != '{"tick": 2}':
            return Said(
                see=f"After the second `/start` came `{after[0]}`, and then `{after[1]}`.",
                why="Two clocks tick: `self.clock` names the new task, and the old one, which nobody knows any more, "
                "goes on.",
                change="Cancel the old task before you start another.",
                place=next((c.place for c in evidence.source.calls("create_task", "chat/consumers.py")), None),
            )
    return None


@task.mistake(page=_CLOSING)
def outlives_its_connection(evidence: Evidence) -> Said | None:
    """Nothing ends the task when the client has gone."""
    late = _ticks_after_the_end(evidence)
    if late <= 1:
        return None
    return Said(
        see=f"alice had left and her consumer had ended; her clock ticked {late} times more, for nobody.",
        why="A task lives until its function returns or somebody cancels it. The end of its consumer does neither.",
        change="End it in `disconnect`, too: `self.clock.cancel()`, if there is one.",
        place=next((call.place for call in evidence.source.calls("create_task", "chat/consumers.py")), None),
    )


@task.mistake(page="https://docs.python.org/3/library/asyncio-task.html#asyncio.create_task")
def never_begun(evidence: Evidence) -> Said | None:
    """`self.tick()` alone makes a coroutine."""
    for forgotten in find_forgotten(evidence, r"Consumer\.\w+$"):
        for call in forgotten.calls(evidence):
            if call.path == "chat/consumers.py" and forgotten.name not in ("send", "accept", "close"):
                return Said(
                    see=f"`{call.target}(…)` did nothing, and nothing complained.",
                    why="Calling an async method makes a coroutine. Awaited, it would hold up `receive`; a task lets "
                    "it run beside.",
                    change=f"Write `self.clock = asyncio.create_task({call.target}())`.",
                    place=call.place,
                )
    return None
