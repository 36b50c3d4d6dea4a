"""Count who listens."""

import asyncio
import time

from channels_lab.grading.task import Task
from channels_lab.grading.trial import Trial
from channels_lab.grading.unmet import Unmet

__all__ = ["task"]

task = Task(
    difficulty="medium",
    minutes=15,
    files=("notices/streams.py", "notices/urls.py"),
    hints=(
        "When does the view return, and when does the answer end? Which of the two knows that somebody has left?",
        "Count in the generator, which runs as long as somebody listens. What runs in a generator that is ended from "
        "outside?",
        "global listeners; listeners += 1; then try: … the lines …  finally: listeners -= 1",
    ),
)

_SECONDS = 2.0


async def expect_listeners(trial: Trial, count: int, when: str) -> None:
    """So many listen, at the latest after two seconds."""
    deadline, pause = time.monotonic() + _SECONDS, 0.02
    while True:
        answer = await trial.get("/notices/listeners/")
        found = trial.expect_body(answer, {"listeners": int})["listeners"]
        if found == count:
            return
        if time.monotonic() > deadline:
            raise Unmet(f"{when} there should be {count} who listen; the page says {found}, and for 2 s no other.")
        await asyncio.sleep(pause)
        pause *= 2


async def put_up(trial: Trial) -> dict[str, object]:
    """Put a notice up, and return it."""
    word = trial.word()
    answer = await trial.post("/notices/", data={"text": word}, status=201)
    return dict(trial.expect_body(answer, {"id": int, "text": word}))


@task.behaviour
async def nobody(trial: Trial) -> None:
    """Where nobody listens, there are 0."""
    await expect_listeners(trial, 0, "At first")


@task.behaviour(points=2)
async def who_comes(trial: Trial) -> None:
    """Whoever listens counts once, however many notices come."""
    first = await put_up(trial)
    path = f"/notices/stream/?after={first['id']}"
    async with trial.listen(path) as ada:
        await expect_listeners(trial, 1, "When Ada has come")
        for _ in range(trial.number(1, 3)):
            await ada.expect_json(await put_up(trial))
        async with trial.listen(path, name="bob"):
            await expect_listeners(trial, 2, "When Bob has come, too,")


@task.behaviour(points=2)
async def who_leaves(trial: Trial) -> None:
    """Whoever has left is not counted any more."""
    await expect_listeners(trial, 0, "When all have left")
    first = await put_up(trial)
    path = f"/notices/stream/?after={first['id']}"
    async with trial.listen(path) as ada:
        async with trial.listen(path, name="bob"):
            await expect_listeners(trial, 2, "While Ada and Bob are there")
        await expect_listeners(trial, 1, "When Bob has left")
        await ada.expect_json(await put_up(trial))
    await expect_listeners(trial, 0, "When both have left")
