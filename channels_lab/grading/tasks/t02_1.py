"""A view that starves the others."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx

from channels_lab.explain.book import Said
from channels_lab.explain.coroutines import find_forgotten
from channels_lab.explain.evidence import Evidence
from channels_lab.grading.task import Task
from channels_lab.grading.trial import Trial
from channels_lab.grading.unmet import Unmet, quoted

__all__ = ["task"]

task = Task(
    alone=True,
    difficulty="easy",
    minutes=10,
    files=("notices/waiting.py",),
    hints=(
        "Who else needs the thread in which this view sleeps?",
        "Wait in a way that lets others in: with `await`. Or let the board's bell wake you, and do not look again and "
        "again at all.",
        'JsonResponse({"notices": await board.wait_for_newer(read_after(request))})',
    ),
)

_QUESTIONS = 25  # of others, while one waits: even short naps of the whole server add up
_EARLY = 0.5


async def put_up(trial: Trial) -> dict[str, object]:
    """Put a notice up, and return it."""
    word = trial.word()
    answer = await trial.post("/notices/", data={"text": word}, status=201)
    return dict(trial.expect_body(answer, {"id": int, "text": word}))


@asynccontextmanager
async def waits(trial: Trial, after: object, people: int = 1) -> AsyncIterator[list[asyncio.Task[httpx.Response]]]:
    """So many people wait for what comes after an id."""
    path = f"/notices/wait/?after={after}"
    asking = [asyncio.create_task(trial.get(path)) for _ in range(people)]

    def begun(seen: Evidence) -> bool:
        opened = [one for one in seen.of("open") if one.t >= trial.began and one.details["path"] == "/notices/wait/"]
        return len(opened) == people

    try:
        await trial.until(begun, "all who wait should have reached the server", timeout=4)
        yield asking
    finally:
        for one in asking:
            one.cancel()
        await asyncio.gather(*asking, return_exceptions=True)


async def told(trial: Trial, asking: list[asyncio.Task[httpx.Response]], notice: object, when: str) -> None:
    """All who wait are answered with this notice, within a second."""
    done, late = await asyncio.wait(asking, timeout=1)
    if late:
        raise Unmet(f"{when}, {len(late)} of {len(asking)} who wait should have been answered; for 1 s none came.")
    for one in done:
        trial.expect_body(one.result(), {"notices": [notice]})


@task.behaviour(points=2)
async def others_are_served(trial: Trial) -> None:
    """While somebody waits, others are answered."""
    first, began = await put_up(trial), time.monotonic()
    async with waits(trial, first["id"]) as (ada,):
        for number in range(_QUESTIONS):
            await trial.get(f"/notices/?after={first['id']}")
            if not ada.done():
                continue
            body = ada.result().text
            if time.monotonic() - began < _EARLY:
                raise Unmet(
                    f"Ada should have waited, for nothing is new; she was answered at once, with {quoted(body)}."
                )
            raise Unmet(
                f"While Ada waits, {_QUESTIONS} questions of others should have been answered; {number + 1} were, "
                "and her time was up."
            )


@task.behaviour(points=2)
async def all_are_told(trial: Trial) -> None:
    """All who wait are told of a new notice, within a second."""
    first = await put_up(trial)
    # Two: of three whose server naps, chance says whether they hear in time.
    async with waits(trial, first["id"], 2) as asking:
        await told(trial, asking, await put_up(trial), "When a notice goes up")


@task.behaviour
async def at_once(trial: Trial) -> None:
    """What is there already is told at once."""
    first, second = await put_up(trial), await put_up(trial)
    async with waits(trial, first["id"]) as asking:
        await told(trial, asking, second, "Where there is news already")


@task.behaviour
async def really_waits(trial: Trial) -> None:
    """Whoever waits, waits: no coroutine is left without `await`."""
    first = await put_up(trial)
    async with waits(trial, first["id"]):
        await asyncio.sleep(0.1)
    never = next(find_forgotten(trial.evidence()), None)
    trial.expect(not never, f"`{never.name if never else ''}` was called and not awaited: nothing waits for it")


@task.mistake(page="https://docs.python.org/3/library/asyncio-task.html#sleeping")
def naps(evidence: Evidence) -> Said | None:
    """`time.sleep` in the async view, however short: the lab notes only what blocks for longer."""
    calls = [call for call in evidence.source.calls("sleep", "notices/waiting.py") if call.in_async]
    blocking = [call for call in calls if call.target != "asyncio.sleep" and not call.awaited and not call.wrapped]
    if not blocking or evidence.of("unawaited"):
        return None
    return Said(
        see="Others are answered between two naps of the whole server, or not at all.",
        why="`time.sleep` stops its thread, and all async views share one thread, the event loop's.",
        change="Write `await asyncio.sleep(…)`, which lets others in meanwhile; or wait for the board's bell.",
        place=blocking[0].place,
    )
