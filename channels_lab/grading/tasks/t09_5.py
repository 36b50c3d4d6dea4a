"""The staff removes a message."""

import re
from typing import Any

from channels_lab.explain.book import Said
from channels_lab.explain.evidence import Evidence
from channels_lab.grading.caller import Caller
from channels_lab.grading.task import Task
from channels_lab.grading.tree import Person
from channels_lab.grading.trial import Trial

__all__ = ["task"]

task = Task(
    difficulty="hard",
    minutes=30,
    files=("multichat/protocol.py", "multichat/history.py", "multichat/consumers.py"),
    hints=(
        "Who knows whether somebody is of the staff now, and not only when the connection was opened?",
        "`rights.check` returns the user as the database has it. In a transaction: ask it, look for the message by its "
        "id and its room, delete it. Then send an event to the group, and write its handler.",
        "user, room = rights.check(user_id, room_id); if not user.is_staff: raise rights.Refused(…); "
        'Message.objects.filter(room=room, pk=message_id).delete(); and in do_remove a group_send of "room.removed"',
    ),
)


async def join(caller: Caller, room: int, **keys: Any) -> None:
    """Join a room, and expect the answer."""
    await caller.send_json({"command": "join", "room": room, **keys})
    await caller.wait_for_json({"join": str(room)})


async def say(caller: Caller, room: int, text: str) -> int:
    """Say something; returns the message's id."""
    await caller.send_json({"command": "send", "room": room, "message": text})
    return int((await caller.wait_for_json({"msg_type": 0, "message": text, "id": int}))["id"])


async def remove(caller: Caller, room: int, number: int) -> None:
    """Ask for the removal of a message."""
    await caller.send_json({"command": "remove", "room": room, "id": number})


async def kept(trial: Trial, number: int) -> bool:
    """Whether the database has the message."""
    return bool(await trial.rows("select 1 from multichat_message where id = ?", number))


def at(trial: Trial, name: str, person: Person | str) -> Any:
    """A connection of this person."""
    return trial.connect("/ws/rooms/", name=name, user=person)


@task.behaviour(points=2)
async def the_room_is_told(trial: Trial) -> None:
    """Somebody of the staff removes a message, and all in the room are told which."""
    room = trial.random.choice([1, 2])
    async with at(trial, "bob", trial.person()) as bob, at(trial, "sam", "sam") as sam:
        await join(bob, room)
        await join(sam, room)
        await bob.wait_for_json({"msg_type": 4, "username": "sam"})
        number = await say(bob, room, trial.text())
        await sam.wait_for_json({"msg_type": 0, "id": number})
        await remove(sam, room, number)
        for caller in (sam, bob):
            await caller.expect_json({"msg_type": 8, "room": str(room), "id": number})


@task.behaviour
async def it_is_gone(trial: Trial) -> None:
    """Who comes later does not find it, and finds the others."""
    alice, bob = trial.people(2)
    room, words = trial.random.choice([1, 2]), trial.words(3)
    async with at(trial, "bob", bob) as writer, at(trial, "sam", "sam") as sam:
        await join(writer, room)
        await join(sam, room)
        numbers = [await say(writer, room, word) for word in words]
        gone = trial.random.choice(numbers)
        await remove(sam, room, gone)
        await writer.wait_for_json({"msg_type": 8, "id": gone})
        trial.expect(not await kept(trial, gone), "the message should be gone; the database still has it")
        async with at(trial, "alice", alice) as late:
            await join(late, room, after=numbers[0] - 1)
            for number, word in zip(numbers, words, strict=True):
                if number != gone:
                    await late.expect_json({"msg_type": 0, "id": number, "message": word}, extra=True)
            await late.expect_nothing(0.1)


@task.behaviour
async def nobody_else_may(trial: Trial) -> None:
    """Who is not of the staff is refused, though the message be his own; and so is the staff, outside."""
    room = trial.random.choice([1, 2])
    async with at(trial, "bob", trial.person()) as bob, at(trial, "sam", "sam") as sam:
        await join(bob, room)
        await join(sam, 3 - room)
        number = await say(bob, room, trial.word())
        for caller in trial.random.sample([bob, sam], 2):
            await remove(caller, room, number)
            await caller.expect_json({"error": "ROOM_ACCESS_DENIED"}, extra=True)
        await bob.expect_nothing(0.1)
        trial.expect(await kept(trial, number), "the message should still be there; it is gone")


@task.behaviour(points=2)
async def rights_are_of_now(trial: Trial) -> None:
    """Who is no longer of the staff is refused, though the connection was opened before."""
    person, room = trial.person(), trial.random.choice([1, 2])
    await trial.execute("update auth_user set is_staff = 1 where username = ?", (person.name,))
    async with at(trial, "sue", person) as sue:
        await join(sue, room)
        number = await say(sue, room, trial.word())
        await trial.execute("update auth_user set is_staff = 0 where username = ?", (person.name,))
        await remove(sue, room, number)
        await sue.expect_json({"error": "ROOM_ACCESS_DENIED"}, extra=True)
        trial.expect(await kept(trial, number), "the message should still be there; it is gone")


@task.behaviour
async def no_such_message(trial: Trial) -> None:
    """A message that is not in this room is answered with MESSAGE_INVALID, and stays where it is."""
    room = trial.random.choice([1, 2])
    async with at(trial, "sam", "sam") as sam:
        await join(sam, room)
        await join(sam, 3 - room)
        number = await say(sam, 3 - room, trial.word())
        await remove(sam, room, number)
        await sam.expect_json({"error": "MESSAGE_INVALID"}, extra=True)
        await remove(sam, room, number + trial.number())
        await sam.expect_json({"error": "MESSAGE_INVALID"}, extra=True)
        trial.expect(await kept(trial, number), "the other room's message should still be there; it is gone")


@task.mistake
def not_in_the_table(evidence: Evidence) -> Said | None:
    """The command has its method, and no entry in the table of commands."""
    told = any("UNKNOWN_COMMAND" in str(event.get("text")) for event in evidence.sent("websocket.send"))
    if not told or evidence.source.strings("remove", "multichat/protocol.py"):
        return None
    return Said(
        see="The answer to `remove` is `UNKNOWN_COMMAND`.",
        why="Each frame is read first, by `read_command`, and `KEYS` has no such command: your method is not reached.",
        change='Enter `"remove"` in `KEYS`, in `multichat/protocol.py`, with the keys that it needs.',
    )


@task.mistake
def rights_of_the_handshake(evidence: Evidence) -> Said | None:
    """The scope's user is as it was when the connection was opened."""
    text = evidence.source.files.get("multichat/consumers.py", "")
    if "ROOM_ACCESS_DENIED" not in str(evidence.error) or not re.search(r"(self\.user|\[.user.\])\.is_staff", text):
        return None
    return Said(
        see="The consumer asks its own `user` whether it is of the staff.",
        why="That is the user as it was when the connection was opened, and rights change while people are connected.",
        change="Ask the database each time: `rights.check` returns the user as of now.",
    )
