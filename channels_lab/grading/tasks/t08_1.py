"""Wait for everybody."""

from channels_lab.grading.task import Task
from channels_lab.grading.trial import Trial

__all__ = ["task"]

task = Task(
    difficulty="easy",
    minutes=10,
    files=("chat/consumers.py",),
    hints=(
        "Which of the functions called here are async, and what does calling one of them give you?",
        "Every call of the layer, of `newest` and of `self.send` is awaited, in a method that is an `async def`. No "
        "`async_to_sync` is left.",
        "await self.channel_layer.group_add(…) and so on; for event in await newest(self.room); async def "
        "chat_typing(self, event): await self.send(…).",
    ),
)


@task.behaviour
async def the_room_hears(trial: Trial) -> None:
    """A message reaches everybody in the room."""
    word, path = trial.text(), f"/ws/chat/{trial.room()}/"
    async with trial.connect(path, name="alice") as alice, trial.connect(path, name="bob") as bob:
        await alice.send_json({"message": word})
        news = {"id": int, "username": "guest", "message": word, "at": str}
        await bob.expect_json(news)
        await alice.expect_json(news)


@task.behaviour(points=2)
async def who_types(trial: Trial) -> None:
    """Everybody in the room is told who types."""
    person, path = trial.person(), f"/ws/chat/{trial.room()}/"
    async with trial.connect(path, name="alice", user=person) as alice, trial.connect(path, name="bob") as bob:
        await alice.send_json({"message": "/typing"})
        await bob.expect_json({"typing": person.name})
        await alice.expect_json({"typing": person.name})


@task.behaviour
async def the_history(trial: Trial) -> None:
    """Who comes late is told what was said, and not who was typing."""
    words, path = trial.words(2), f"/ws/chat/{trial.room()}/"
    async with trial.connect(path, name="alice") as alice:
        for word in (words[0], "/typing", words[1]):
            await alice.send_json({"message": word})
            await alice.wait_for_json({"message": word} if word in words else {"typing": "guest"})
    async with trial.connect(path, name="bob") as bob:
        for word in words:
            await bob.expect_json({"username": "guest", "message": word}, extra=True)
        await bob.expect_nothing(0.1)


@task.behaviour
async def who_leaves(trial: Trial) -> None:
    """Whoever leaves leaves the group."""
    await trial.daphne_in_valkey("beside")
    async with trial.connect(f"/ws/chat/{trial.room()}/", name="alice", server="beside") as alice:
        await alice.send_json({"message": (word := trial.word())})
        await alice.wait_for_json({"message": word})
        trial.expect(await trial.members(), "alice's consumer should have been in a group")
    left = "alice's consumer should have left its group"
    await trial.until(lambda seen: seen.layer("group_discard"), left)
    await trial.expect_no_members(left)
