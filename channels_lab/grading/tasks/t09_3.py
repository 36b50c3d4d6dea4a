"""Tell who is typing."""

from typing import Any

from channels_lab.explain.book import Said
from channels_lab.explain.evidence import Evidence
from channels_lab.grading.caller import Caller
from channels_lab.grading.task import Task
from channels_lab.grading.trial import Trial

__all__ = ["task"]

task = Task(
    difficulty="medium",
    minutes=20,
    files=("multichat/protocol.py", "multichat/consumers.py"),
    hints=(
        "Which table says what a command's keys are, and which method is called for a command's name?",
        "Enter the command in `KEYS`. In `do_typing` see that the room is one of `self.rooms`, then send an event to "
        "its group. What does the handler need to know, to pass over the connection that has sent it?",
        'KEYS["typing"] = ("room",); and in do_typing: event = {"type": "room.people", "room": room, "text": '
        'json.dumps({"msg_type": 7, …}), "but": self.channel_name}; await ask(self.channel_layer.group_send(…, event))',
    ),
)


async def join(caller: Caller, room: int, **keys: Any) -> None:
    """Join a room, and expect the answer."""
    await caller.send_json({"command": "join", "room": room, **keys})
    await caller.wait_for_json({"join": str(room)})


@task.behaviour(points=2)
async def the_others_are_told(trial: Trial) -> None:
    """All others in the room are told who is typing, another tab of the same person, too."""
    trial.has_causes = False  # the site tells its lists of changes meanwhile, which has nothing to do with it
    alice, bob = trial.people(2)
    room = trial.random.choice([1, 2])
    async with (
        trial.connect("/ws/rooms/", name="alice", user=alice) as one,
        trial.connect("/ws/rooms/", name="bob", user=bob) as two,
        trial.connect("/ws/rooms/", name="bob's other tab", user=bob) as tab,
    ):
        for caller in (two, tab, one):
            await join(caller, room)
        for caller in (two, tab):
            await caller.expect_json({"msg_type": 4, "room": str(room), "username": alice.name})
        for number, form in enumerate(trial.random.sample([room, str(room)], 2)):
            await two.send_json({"command": "typing", "room": form})
            for caller in (one, tab):
                await caller.expect_json({"msg_type": 7, "room": str(room), "username": bob.name})
            if number == 0:
                await two.expect_nothing(0.1)


@task.behaviour
async def the_others_alone(trial: Trial) -> None:
    """Who is in another room, or has left, is not told."""
    alice, bob = trial.people(2)
    room = trial.random.choice([1, 2])
    async with (
        trial.connect("/ws/rooms/", name="bob", user=bob) as two,
        trial.connect("/ws/rooms/", name="alice", user=alice) as one,
    ):
        await join(two, room)
        await join(one, room)
        await join(one, 3 - room)
        await one.send_json({"command": "leave", "room": room})
        await one.wait_for_json({"leave": str(room)})
        await two.send_json({"command": "typing", "room": room})
        await one.expect_nothing()


@task.behaviour
async def from_outside(trial: Trial) -> None:
    """Who is not in the room is refused, and nobody is told."""
    alice, bob = trial.people(2)
    room = trial.random.choice([1, 2])
    async with (
        trial.connect("/ws/rooms/", name="alice", user=alice) as one,
        trial.connect("/ws/rooms/", name="eve", user=bob) as eve,
    ):
        await join(one, room)
        await eve.send_json({"command": "typing", "room": room})
        await eve.expect_json({"error": "ROOM_ACCESS_DENIED"}, extra=True)
        await one.expect_nothing()


@task.behaviour
async def nothing_is_kept(trial: Trial) -> None:
    """Nothing of it is kept: whoever comes later hears what was said, and no more."""
    alice, bob = trial.people(2)
    room, text = trial.random.choice([1, 2]), trial.text()
    async with trial.connect("/ws/rooms/", name="bob", user=bob) as two:
        await join(two, room)
        before = await trial.rows("select count(*) from multichat_message")
        await two.send_json({"command": "typing", "room": room})
        await two.send_json({"command": "send", "room": room, "message": text})
        await two.wait_for_json({"msg_type": 0, "message": text})
        kept = (await trial.rows("select count(*) from multichat_message"))[0][0] - before[0][0]
        trial.expect(kept == 1, f"one message was said, and one should be kept; {kept} were")
        async with trial.connect("/ws/rooms/", name="alice", user=alice) as one:
            await join(one, room, after=None)
            await one.expect_json({"msg_type": 0, "username": bob.name, "message": text}, extra=True)


@task.behaviour
async def a_missing_room(trial: Trial) -> None:
    """Without a room it is a slip like any other: MISSING_KEY, and the connection stays."""
    async with trial.connect("/ws/rooms/", name="bob", user=trial.person()) as bob:
        await bob.send_json({"command": "typing"})
        await bob.expect_json({"error": "MISSING_KEY"}, extra=True)
        await bob.send_json({"command": trial.word()})
        await bob.expect_json({"error": "UNKNOWN_COMMAND"}, extra=True)


@task.mistake
def not_in_the_table(evidence: Evidence) -> Said | None:
    """The command has its method, and no entry in the table of commands."""
    told = any("UNKNOWN_COMMAND" in str(event.get("text")) for event in evidence.sent("websocket.send"))
    if not told or evidence.source.strings("typing", "multichat/protocol.py"):
        return None
    return Said(
        see="The answer to `typing` is `UNKNOWN_COMMAND`.",
        why="Each frame is read first, by `read_command`, and `KEYS` has no such command: your method is not reached.",
        change='Enter `"typing"` in `KEYS`, in `multichat/protocol.py`, with the keys that it needs.',
    )


@task.mistake
def to_oneself(evidence: Evidence) -> Said | None:
    """The event does not say who has sent it, so its sender is told, too."""
    error = str(evidence.error or "")
    if "Nothing should have come to bob;" not in error or '"msg_type": 7' not in error:
        return None
    return Said(
        see="Bob is told that Bob is typing.",
        why="A group has no memory of who sends to it: the event comes to each of its channels, its sender's, too.",
        change="Put `self.channel_name` into the event, and let the handler pass over its own.",
    )
