"""A reader that comes back."""

from channels_lab.grading.script_trial import ScriptTrial
from channels_lab.grading.site import Visit
from channels_lab.grading.task import Task

__all__ = ["task"]

task = Task(
    kind="client",
    difficulty="medium",
    minutes=20,
    files=("reader.py",),
    hints=(
        "What does the reader have to know when it comes back, and what tells that it need not come back?",
        "A loop around the connection: it keeps the last id, catches what a broken or refused connection raises, waits "
        "a little, and ends when the server has closed with 1000.",
        'while True: try: async with connect(f"{root}/ws/notices/?after={last}") as socket: async for text in socket: '
        "…; return    except (ConnectionClosedError, InvalidStatus, OSError): await asyncio.sleep(0.1)",
    ),
)


async def tell(visit: Visit, number: int, text: str) -> None:
    """Send a notice as the site does."""
    await visit.send_json({"id": number, "text": text, "at": 1.5})


@task.behaviour
async def prints(trial: ScriptTrial) -> None:
    """It asks for all notices, and prints the text of each on a line."""
    first, second, number = trial.word(), trial.text(), trial.number()
    async with trial.site() as site:
        script = trial.run(site.url)
        visit = await site.visit("/ws/notices/?after=0")
        await tell(visit, number, first)
        await script.expect_line(first)
        await tell(visit, number + 3, second)
        await script.expect_line(second)
        await script.expect_no_line(0.1)


@task.behaviour
async def ends(trial: ScriptTrial) -> None:
    """When the server closes in an orderly way, with 1000, it ends with status 0."""
    word = trial.word()
    async with trial.site() as site:
        script = trial.run(site.url)
        visit = await site.visit()
        await tell(visit, trial.number(), word)
        await script.expect_line(word)
        await visit.close()
        await script.expect_end()
        trial.expect(len(site.paths) == 1, "it should not come back")


@task.behaviour(points=2)
async def comes_back(trial: ScriptTrial) -> None:
    """Cut off, it comes back by itself, and asks for what came after the last notice that it has."""
    words, number = trial.words(3), trial.number()
    async with trial.site() as site:
        script = trial.run(site.url)
        visit = await site.visit()
        for step, word in enumerate(words):
            await tell(visit, number + 7 * step, word)
            await script.expect_line(word)
            await visit.drop()
            visit = await site.visit(f"/ws/notices/?after={number + 7 * step}")


@task.behaviour
async def is_patient(trial: ScriptTrial) -> None:
    """Refused, it tries again, and waits a little before."""
    word = trial.word()
    async with trial.site() as site:
        site.refuse(503, 503, 503)
        script = trial.run(site.url)
        visit = await site.visit()
        await tell(visit, 1, word)
        await script.expect_line(word)
        await visit.drop()
        await site.expect_patience()
