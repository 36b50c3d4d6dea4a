"""Answer a ping."""

from channels_lab.grading.task import Task
from channels_lab.grading.trial import Trial

__all__ = ["task"]

task = Task(
    difficulty="easy",
    minutes=5,
    files=("chat/consumers.py",),
    hints=(
        "Who must hear the answer, and which method of a consumer speaks to its own client only?",
        "In `receive`, look for `ping` in the JSON before the message is read and put on the layer.",
        'value = json.loads(text_data); if "ping" in value: self.send(json.dumps({"pong": value["ping"]})); return',
    ),
)


@task.behaviour(points=2)
async def comes_back(trial: Trial) -> None:
    """Who sends a ping gets a pong with the same number."""
    async with trial.connect(f"/ws/chat/{trial.room()}/", name="alice") as alice:
        for number in (trial.number(), trial.number()):
            await alice.send_json({"ping": number})
            await alice.expect_json({"pong": number})


@task.behaviour
async def nobody_else(trial: Trial) -> None:
    """Nobody else in the room hears of it."""
    room, number = trial.room(), trial.number()
    path = f"/ws/chat/{room}/"
    async with trial.connect(path, name="alice") as alice, trial.connect(path, name="bob") as bob:
        await alice.send_json({"ping": number})
        await alice.expect_json({"pong": number})
        await bob.expect_nothing()


@task.behaviour
async def still_a_chat(trial: Trial) -> None:
    """Messages reach the room as before, and what is neither is answered with an error."""
    word, path = trial.word(), f"/ws/chat/{trial.room()}/"
    async with trial.connect(path, name="alice") as alice, trial.connect(path, name="bob") as bob:
        await alice.send_json({"message": word})
        await bob.expect_json({"username": "guest", "message": word})
        await alice.expect_json({"username": "guest", "message": word})
        await alice.send("ping")
        await alice.expect_json({"error": str})
        await alice.send("[1, 2]")
        await alice.expect_json({"error": str})
