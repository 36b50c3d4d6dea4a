"""A kind client."""

import asyncio
from itertools import pairwise

from channels_lab.grading.board_site import Question
from channels_lab.grading.script_trial import ScriptTrial
from channels_lab.grading.task import Task

__all__ = ["task"]

task = Task(
    kind="client",
    difficulty="hard",
    minutes=25,
    files=("poll.py",),
    alone=True,
    hints=(
        "Which two things does the client have to remember from one question to the next?",
        "The last id, and the pause. Each answer decides what both are next: news sets them anew, nothing and trouble "
        "double the pause.",
        'for notice in answer.json()["notices"]: print(notice["text"]); after, pause = notice["id"], FIRST / 2    then '
        "pause = min(2 * pause, MOST); time.sleep(pause)    and except httpx.HTTPError around the question",
    ),
)

_QUESTIONS = 6


@task.behaviour(points=2)
async def each_once(trial: ScriptTrial) -> None:
    """It prints each notice once, and asks for what came after the last one."""
    number, words = trial.number(), trial.words(4)
    async with trial.board() as board:
        for step in (0, 1):
            board.put_up(number + step, words[step])
        script = trial.run(board.url)
        await board.question("/notices/?after=0")
        for step in (0, 1):
            await script.expect_line(words[step])
        await board.question(f"/notices/?after={number + 1}")
        board.put_up(number + 7, words[2])
        board.put_up(number + 9, words[3])
        for step in (2, 3):
            await script.expect_line(words[step])
        board.pass_over()
        await board.question(f"/notices/?after={number + 9}")
        await script.expect_no_line(0.1)


@task.behaviour(points=4)
async def knows_when(trial: ScriptTrial) -> None:
    """While nothing is new it asks less and less often, at last every 0.4 seconds; after news as often as at first."""
    number, word = trial.number(), trial.word()
    async with trial.board() as board:
        script = trial.run(board.url)
        times = [(await board.question()).t for _ in range(_QUESTIONS)]
        pauses = ", ".join(f"{later - earlier:.2f}" for earlier, later in pairwise(times))
        told = f"without news its pauses should be about 0.05, 0.1, 0.2, 0.4, 0.4 seconds; they were {pauses}"
        trial.expect(times[-1] - times[0] > 0.8, f"{told}: it asks too often")
        trial.expect(times[-1] - times[-2] < 0.65, f"{told}: it asks too seldom")
        board.put_up(number, word)
        await script.expect_line(word)
        news = next(one for one in reversed(board.questions) if one.path != f"/notices/?after={number}")
        soon = await _after(board.questions, news.t)
        trial.expect(
            soon < 0.35,
            f"the question after news should come 0.05 s later; it came {soon:.2f} s later: the pause stays",
        )


async def _after(questions: list[Question], t: float) -> float:
    """How long after a question the next one came; at most a second is waited for it."""
    for _ in range(100):
        later = [question.t - t for question in questions if question.t > t]
        if later:
            return later[0]
        await asyncio.sleep(0.01)
    return 1.0


@task.behaviour(points=2)
async def survives(trial: ScriptTrial) -> None:
    """An answer 503, or none at all, does not end it, and loses nothing."""
    number, words = trial.number(), trial.words(2)
    async with trial.board() as board:
        board.put_up(number, words[0])
        script = trial.run(board.url)
        await script.expect_line(words[0])
        board.fail(503, 502)
        board.put_up(number + 1, words[1])
        await script.expect_line(words[1])
        url = board.url
    await script.expect_no_line(0.2)
    trial.expect(script.process.alive, f"with nobody at {url} it should go on trying; {script.ended()}")
