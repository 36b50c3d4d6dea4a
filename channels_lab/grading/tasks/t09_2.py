"""Nobody speaks from outside."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
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
    files=("multichat/consumers.py",),
    hints=(
        'What stands in `self.rooms` after a client has joined `1` and `"1"`, and who asks that set at all?',
        "Keep the room's own `id`, whatever the client has sent. Whoever joins again is answered, and nobody is told; "
        "whoever leaves or sends is looked up in the set first.",
        'if command is "join": if room.id not in self.rooms: add, tell, group_add; then answer    elif room.id not in '
        "self.rooms: send the error    elif leave …",
    ),
)


class Room:
    """A room by chance, and what is sent and expected of it."""

    def __init__(self, trial: Trial) -> None:
        self.number = trial.random.choice([1, 2])
        self.name = str(self.number)
        # One and the same room: in which form a client names it first is chance.
        self.forms: list[int | str] = [self.number, self.name]
        trial.random.shuffle(self.forms)

    def told(self, msg_type: int, username: str, **more: Any) -> dict[str, Any]:
        """What the room is told."""
        return {"msg_type": msg_type, "room": self.name, "username": username, **more}

    @property
    def denied(self) -> dict[str, Any]:
        """The answer to who is not inside."""
        return {"error": "ROOM_ACCESS_DENIED", "room": self.name}

    async def join(self, caller: Caller, form: int | str | None = None) -> None:
        """Join, and expect the answer."""
        await caller.send_json({"command": "join", "room": form or self.number})
        await caller.expect_json({"join": self.name, "title": str}, extra=True)


@asynccontextmanager
async def alice_inside(trial: Trial) -> AsyncIterator[tuple[Room, Caller]]:
    """A room, and somebody in it."""
    room = Room(trial)
    async with trial.connect("/ws/rooms/", name="alice", user="alice") as alice:
        await room.join(alice)
        yield room, alice


@task.behaviour(points=2)
async def who_is_outside_is_not_heard(trial: Trial) -> None:
    """Who is not in a room cannot speak there: the answer is ROOM_ACCESS_DENIED, and nobody hears it."""
    trial.has_causes = False  # that eve is in no group is as it should be
    async with alice_inside(trial) as (room, alice), trial.connect("/ws/rooms/", name="eve", user="bob") as eve:
        await eve.send_json({"command": "send", "room": room.forms[0], "message": trial.word()})
        await eve.expect_json(room.denied, extra=True)
        await alice.expect_nothing(0.1)


@task.behaviour
async def who_is_outside_does_not_leave(trial: Trial) -> None:
    """Who is not in a room cannot leave it: the same answer, and nobody hears of it."""
    trial.has_causes = False  # that eve is in no group is as it should be
    async with alice_inside(trial) as (room, alice), trial.connect("/ws/rooms/", name="eve", user="bob") as eve:
        await eve.send_json({"command": "leave", "room": room.forms[0]})
        await eve.expect_json(room.denied, extra=True)
        await alice.expect_nothing(0.1)


@task.behaviour(points=2)
async def joining_twice(trial: Trial) -> None:
    """Who joins twice, once by the number and once by the text, comes once, and is answered twice."""
    person, text = trial.person(), trial.text()
    async with alice_inside(trial) as (room, alice), trial.connect("/ws/rooms/", name="bob", user=person) as bob:
        for form in room.forms:
            await room.join(bob, form)
        await bob.send_json({"command": "send", "room": room.number, "message": text})
        said = room.told(0, person.name, message=text)
        await bob.expect_json(said)
        await alice.expect_json(room.told(4, person.name))
        await alice.expect_json(said)


@task.behaviour
async def leaving_by_the_other_name(trial: Trial) -> None:
    """Who has joined by the one form and leaves by the other is outside."""
    person = trial.person()
    async with alice_inside(trial) as (room, alice), trial.connect("/ws/rooms/", name="bob", user=person) as bob:
        first, second = room.forms
        await room.join(bob, first)
        await alice.expect_json(room.told(4, person.name))
        await bob.send_json({"command": "leave", "room": second})
        # Whether the leaver hears of himself, the old example leaves open.
        await bob.wait_for_json({"leave": room.name})
        await alice.expect_json(room.told(5, person.name))
        await bob.send_json({"command": "send", "room": first, "message": trial.word()})
        await bob.wait_for_json(room.denied)
        await alice.expect_nothing(0.1)


@task.behaviour
async def closing(trial: Trial) -> None:
    """Who closes the connection leaves each room, once."""
    person = trial.person()
    async with alice_inside(trial) as (room, alice):
        async with trial.connect("/ws/rooms/", name="bob", user=person) as bob:
            for form in room.forms:
                await room.join(bob, form)
            await alice.expect_json(room.told(4, person.name))
        await alice.expect_json(room.told(5, person.name))
        await alice.expect_nothing(0.1)


@task.mistake
def two_names_in_the_set(evidence: Evidence) -> Said | None:
    """The set holds what the client has sent, as a number and as a text."""
    added = evidence.source.calls("add", "multichat/consumers.py")
    raw = [call.place for call in added if "content" in call.place.code]
    if not raw or not _asks(evidence):
        return None
    return Said(
        see='`self.rooms` takes what the client has sent: `1` and `"1"` are two elements of it.',
        why="A number and a text are never equal in Python, and the set compares by that.",
        change="Put `room.id` into the set, and ask the set for that.",
        place=raw[0],
    )


@task.mistake
def come_already(evidence: Evidence) -> Said | None:
    """The room is told of each join, also of who is inside."""
    if '"msg_type": 4}` came instead' not in str(evidence.error):
        return None
    return Said(
        see="The room is told that somebody comes who is inside already.",
        why="A client may join as often as it likes, for it does not know what has become of its first try.",
        change="Tell the room only where the room is not in the set yet; answer in any case.",
    )


@task.mistake
def passed_over_in_silence(evidence: Evidence) -> Said | None:
    """Who is outside gets no answer."""
    error = str(evidence.error)
    if not re.search(r"ROOM_ACCESS_DENIED.*(; nothing came|nothing came\.$)", error) or not _asks(evidence):
        return None
    return Said(
        see="Whoever is outside is passed over, and not told.",
        why="A client that hears nothing cannot tell a refusal from a message that was lost.",
        change='Answer: `{"error": "ROOM_ACCESS_DENIED", "room": …}`.',
    )


def _asks(evidence: Evidence) -> bool:
    """Whether the consumer asks its set at all."""
    return bool(re.search(r"in self\.rooms\b", evidence.source.files.get("multichat/consumers.py", "")))
