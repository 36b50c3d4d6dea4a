"""Find what was said."""

from channels_lab.grading.caller import Caller
from channels_lab.grading.task import Task
from channels_lab.grading.trial import Trial

__all__ = ["task"]

_SAY = "insert into chat_message (room, username, text, at) values (?, ?, ?, '2026-01-01 12:00:00')"

task = Task(
    difficulty="medium",
    minutes=15,
    files=("chat/history.py", "chat/consumers.py"),
    hints=(
        "When does a queryset ask the database, and what must not happen in the event loop while it does?",
        "Narrow `of_room(room)` with `text__icontains`, take a slice, and go through it with `async for`. The consumer "
        "awaits the list, sends it, and returns.",
        "[event_of(message) async for message in of_room(room).filter(text__icontains=word)[:FOUND]]",
    ),
)


async def find(caller: Caller, word: str, *texts: str) -> None:
    """Look for a word, and expect these messages."""
    await caller.send_json({"message": f"/find {word}"})
    await caller.expect_json({"found": [{"id": int, "message": text, "at": str} for text in texts]}, extra=True)


@task.behaviour(points=2)
async def newest_first(trial: Trial) -> None:
    """Who looks for a word gets the messages with it, newest first, whether it is written large or small."""
    word, person, room = trial.word(), trial.person(), trial.room()
    said = [f"{word} {trial.word()}", trial.word(), f"{trial.word()} {word.upper()}!", trial.word()]
    await trial.execute(_SAY, *((room, person.name, text) for text in said))
    async with trial.connect(f"/ws/chat/{room}/", name="alice") as alice:
        for text in said:
            await alice.expect_json({"username": person.name, "message": text}, extra=True)
        await find(alice, word.capitalize(), said[2], said[0])


@task.behaviour
async def five_of_many(trial: Trial) -> None:
    """Of many it is the newest five; of none it is an empty list."""
    word, room = trial.word(), trial.room()
    said = [f"{word} {trial.word()}" for _ in range(trial.number(12, 15))]
    await trial.execute(_SAY, *((room, "guest", text) for text in said))
    async with trial.connect(f"/ws/chat/{room}/", name="alice") as alice:
        for text in said[-10:]:
            await alice.expect_json({"message": text}, extra=True)
        await find(alice, word, *reversed(said[-5:]))
        await find(alice, trial.word())


@task.behaviour
async def one_room(trial: Trial) -> None:
    """What was said in other rooms is not found."""
    word, room = trial.word(), trial.room()
    await trial.execute(_SAY, (trial.room(), "guest", f"{word} elsewhere"), (room, "guest", f"{word} here"))
    async with trial.connect(f"/ws/chat/{room}/", name="alice") as alice:
        await alice.expect_json({"message": f"{word} here"}, extra=True)
        await find(alice, word, f"{word} here")


@task.behaviour
async def nobody_else(trial: Trial) -> None:
    """Nobody else hears of it, and it is not kept; messages go their way as before."""
    room, word = trial.room(), trial.word()
    path = f"/ws/chat/{room}/"
    async with trial.connect(path, name="alice") as alice, trial.connect(path, name="bob") as bob:
        await find(alice, word)
        await alice.send_json({"message": word})
        await bob.expect_json({"id": int, "username": "guest", "message": word, "at": str})
        await alice.expect_json({"message": word}, extra=True)
    kept = await trial.rows("select text from chat_message where room = ?", room)
    trial.expect(kept == [(word,)], f"in the database should be `{word}` alone; it has {[text for (text,) in kept]}.")
