"""A health view."""

import asyncio

from channels_lab.explain.book import Said
from channels_lab.explain.evidence import Evidence
from channels_lab.grading.task import Task
from channels_lab.grading.trial import Trial

__all__ = ["task"]

_PATH = "/health/"
_OFTEN = 104  # a channel holds a hundred messages
_AT_ONCE = 4
_COME_BACK = 3  # seconds until a server has found a Valkey that is there again

task = Task(
    layer="redis",
    difficulty="medium",
    minutes=20,
    files=("config/health.py", "config/urls.py"),
    hints=(
        "How do you know that the database answers, and the layer, without leaving anything behind in either?",
        "Ask the database for `SELECT 1`. Send something over a channel of your own (`new_channel`), and take it out "
        "again. What raises, or takes more than a second, does not work.",
        "name = await layer.new_channel(); await layer.send(name, {…}); await layer.receive(name) — under "
        "asyncio.timeout(1), inside try … except Exception; then JsonResponse(well, status=200 if all(…) else 503)",
    ),
    deadline=30,
)


async def ask(trial: Trial, status: int, database: bool, layer: bool, server: str = "main") -> None:
    """The view says this of a server, with this status."""
    answer = await trial.get(_PATH, status=None, server=server)
    trial.expect(answer.status_code != 404, f"GET {_PATH} should have been answered; 404 came, for there is no route")
    if answer.status_code not in (200, 503):
        trial.expect(False, f"GET {_PATH} should have been answered with {status}; {answer.status_code} came")
    trial.expect_body(answer, {"database": database, "layer": layer})
    if answer.status_code != status:
        trial.expect(False, f"GET {_PATH} said the right thing with status {answer.status_code}, not {status}")


@task.behaviour
async def well(trial: Trial) -> None:
    """All is well: 200, and both are true."""
    await ask(trial, 200, database=True, layer=True)


@task.behaviour(points=2)
async def no_layer(trial: Trial) -> None:
    """Valkey is gone: 503, and `layer` is false; when it is there again, all is well."""
    await trial.stop_redis()
    try:
        await ask(trial, 503, database=True, layer=False)
    finally:
        await trial.start_redis()
    async with asyncio.timeout(_COME_BACK):
        while (await trial.get(_PATH, status=None)).status_code != 200:
            pass
    await ask(trial, 200, database=True, layer=True)


@task.behaviour(points=2)
async def no_database(trial: Trial) -> None:
    """The database cannot be opened: 503, and `database` is false."""
    await trial.daphne("without a database", env={"DJANGO_DB_PATH": f"/nowhere/{trial.word()}/db.sqlite3"})
    try:
        await ask(trial, 503, database=False, layer=True, server="without a database")
    finally:
        await trial.stop("without a database")


@task.behaviour
async def often(trial: Trial) -> None:
    """Asked a hundred times and more, it says the same, and leaves nothing behind."""
    http = trial.http()

    async def some() -> None:
        for _ in range(_OFTEN // _AT_ONCE):
            await http.get(_PATH)

    await asyncio.gather(*(some() for _ in range(_AT_ONCE)))
    await ask(trial, 200, database=True, layer=True)


@task.mistake
def fills_a_channel(evidence: Evidence) -> Said | None:
    """What is sent is never received."""
    sent = evidence.layer("send")
    if len(sent) < _OFTEN // 2 or evidence.layer("receive") or '"layer": false' not in str(evidence.error):
        return None
    return Said(
        see=f"Of {len(sent)} messages on a channel none was received.",
        why="A channel holds a hundred messages; then `send` raises ChannelFull. Your view has made itself ill.",
        change="Take out what you have put in: `new_channel()`, `send` to it, `receive` from it.",
        place=next((call.place for call in evidence.source.calls("send", "config/health.py")), None),
    )
