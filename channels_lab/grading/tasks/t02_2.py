"""Nothing, in time."""

import asyncio
import time

import httpx

from channels_lab.grading.task import Task
from channels_lab.grading.trial import Trial
from channels_lab.grading.unmet import Unmet

__all__ = ["task"]

task = Task(
    difficulty="medium",
    minutes=15,
    files=("notices/waiting.py",),
    alone=True,
    hints=(
        "Which call waits, and what ends a wait that has taken too long?",
        "Put `asyncio.timeout(…)` around the board's own wait; it takes seconds. What it raises means: nothing.",
        "try: async with asyncio.timeout(ms / 1000): notices = await board.wait_for_newer(after)    "
        "except TimeoutError: return HttpResponse(status=204)",
    ),
)

Notice = dict[str, object]


async def put_up(trial: Trial) -> Notice:
    """Put a notice up, and return it."""
    word = trial.word()
    answer = await trial.post("/notices/", data={"text": word}, status=201)
    return dict(trial.expect_body(answer, {"id": int, "text": word}))


async def wait(trial: Trial, after: object, ms: int, *, most: float, status: int) -> tuple[httpx.Response, float]:
    """Ask, and be answered within so many seconds; returns the answer, and how long it took."""
    began = time.monotonic()
    question = f"GET /notices/wait/?after={after}&ms={ms}"
    try:
        async with asyncio.timeout(most):
            answer = await trial.get(question.removeprefix("GET "), status=status)
    except TimeoutError:
        raise Unmet(f"{question} should have been answered; within {most:g} s it was not.") from None
    return answer, time.monotonic() - began


@task.behaviour(points=2)
async def time_is_up(trial: Trial) -> None:
    """After so many milliseconds without news the answer is 204."""
    notice = await put_up(trial)
    ms = trial.number(200, 300)
    _, seconds = await wait(trial, notice["id"], ms, most=1.5, status=204)
    trial.expect(seconds > ms / 1000 - 0.05, f"a wait of {ms} ms should not be over after {1000 * seconds:.0f} ms")


@task.behaviour
async def news_at_once(trial: Trial) -> None:
    """News that is there already is told at once, with 200."""
    first, second = await put_up(trial), await put_up(trial)
    answer, _ = await wait(trial, first["id"], trial.number(4000, 6000), most=2, status=200)
    trial.expect_body(answer, {"notices": [second]})


@task.behaviour
async def news_meanwhile(trial: Trial) -> None:
    """News that comes during the wait ends it, with 200; without `ms` too."""
    first = await put_up(trial)
    for more in (f"&ms={trial.number(4000, 6000)}", ""):
        path = f"/notices/wait/?after={first['id']}{more}"
        waiting = asyncio.create_task(trial.get(path))
        await trial.until(lambda seen: seen.of("open")[-1].details["path"].startswith("/notices/wait/"), "ada waits")
        second = await put_up(trial)
        _, late = await asyncio.wait([waiting], timeout=2)
        if late:
            waiting.cancel()
            raise Unmet(f"A notice goes up: GET {path} should have been answered then; for 2 s it was not.")
        trial.expect_body(waiting.result(), {"notices": [second]})
        first = second


@task.behaviour(points=2)
async def wrong_times(trial: Trial) -> None:
    """A time that is no whole number from 1 to 60000 is answered with 400."""
    for ms in ("0", str(trial.number(60_001, 99_999)), f"-{trial.number(1, 9)}", trial.word(), "2.5"):
        await trial.get(f"/notices/wait/?after=0&ms={ms}", status=400)
