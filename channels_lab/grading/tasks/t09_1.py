"""Answer every slip."""

from typing import Any

from channels_lab.explain.book import Said
from channels_lab.explain.evidence import Evidence
from channels_lab.grading.call import Call
from channels_lab.grading.caller import Caller
from channels_lab.grading.task import Task
from channels_lab.grading.trial import Trial

__all__ = ["task"]

task = Task(
    difficulty="easy",
    minutes=15,
    files=("multichat/consumers.py",),
    hints=(
        "What reads a frame before `receive_json` is called, and what becomes of an exception there?",
        "Override `receive`: let `read_command` of `multichat/protocol.py` read the frame, and answer what is "
        "`Refused`. Which commands does it know that this consumer has not? What does `aget` do where no such room is?",
        'try: command = read_command(text_data); if it is none of the three: raise Refused("UNKNOWN_COMMAND", …); '
        "await self.receive_json(command)    except Refused as refused: await self.send_json(refused.answer)",
    ),
)


def enter(trial: Trial) -> Call:
    """A connection of somebody who has an account."""
    return trial.connect("/ws/rooms/", name="bob", user=trial.person())


async def slip(caller: Caller, command: dict[str, Any] | str, code: str) -> None:
    """Send what is wrong, and expect an error with this code."""
    if isinstance(command, str):
        await caller.send(command)
    else:
        await caller.send_json(command)
    await caller.expect_json({"error": code}, extra=True)


@task.behaviour(points=2)
async def a_missing_key(trial: Trial) -> None:
    """Where a key is missing, the answer is MISSING_KEY, and the connection stays."""
    slips: list[dict[str, Any]] = [{"command": "send", "room": 1}, {"command": "join"}, {"room": 1}]
    trial.random.shuffle(slips)
    async with enter(trial) as bob:
        for command in slips:
            await slip(bob, command, "MISSING_KEY")


@task.behaviour(points=2)
async def an_unknown_command(trial: Trial) -> None:
    """Any other command than join, leave and send is answered with UNKNOWN_COMMAND."""
    async with enter(trial) as bob:
        await slip(bob, {"command": trial.word(), "room": 1}, "UNKNOWN_COMMAND")
        await slip(bob, {"command": "rooms"}, "UNKNOWN_COMMAND")
        await slip(bob, {"command": "read", "room": 1, "id": 1}, "UNKNOWN_COMMAND")


@task.behaviour
async def an_unknown_room(trial: Trial) -> None:
    """A room that is not there is answered with ROOM_INVALID."""
    async with enter(trial) as bob:
        for command in ("join", "leave"):
            await slip(bob, {"command": command, "room": trial.number()}, "ROOM_INVALID")


@task.behaviour
async def no_command_at_all(trial: Trial) -> None:
    """What is no JSON, or no object, is answered with BAD_JSON."""
    async with enter(trial) as bob:
        await slip(bob, trial.word(), "BAD_JSON")
        await slip(bob, f"[{trial.number()}, 2]", "BAD_JSON")


@task.behaviour
async def still_a_chat(trial: Trial) -> None:
    """Who has made a slip is still in the room, and is heard there; nobody else hears of the slip."""
    alice, bob = trial.people(2)
    room, text = trial.random.choice([1, 2]), trial.text()
    async with (
        trial.connect("/ws/rooms/", name="alice", user=alice) as one,
        trial.connect("/ws/rooms/", name="bob", user=bob) as two,
    ):
        for person in (one, two):
            await person.send_json({"command": "join", "room": room})
            await person.expect_json({"join": str(room), "title": str}, extra=True)
        await one.expect_json({"msg_type": 4, "room": str(room), "username": bob.name})
        await slip(two, {"command": "send", "room": room}, "MISSING_KEY")
        await two.send_json({"command": "send", "room": room, "message": text})
        said = {"msg_type": 0, "room": str(room), "username": bob.name, "message": text}
        await one.expect_json(said)
        await two.expect_json(said)


@task.mistake
def every_command_is_known(evidence: Evidence) -> Said | None:
    """`read_command` knows commands that this consumer has not."""
    raised = evidence.raised(r"KeyError: 'room'")
    if not raised or not evidence.source.calls("read_command", "multichat/consumers.py"):
        return None
    return Said(
        see="`rooms` is a command that `read_command` lets pass, and it has no room.",
        why="The table in `protocol.py` is that of the whole chat; this consumer obeys three of its commands.",
        change="Refuse each command but join, leave and send, before you look at its room.",
        place=raised.place,
    )
