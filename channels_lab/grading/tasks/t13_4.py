"""Who has read what."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from channels_lab.explain.book import Said
from channels_lab.explain.evidence import Evidence
from channels_lab.explain.place import Place
from channels_lab.grading.caller import Caller
from channels_lab.grading.task import Task
from channels_lab.grading.tree import Person
from channels_lab.grading.trial import Trial
from channels_lab.grading.unmet import quoted

__all__ = ["task"]

_READ = 7
_PATH = "/ws/rooms/"
_ROOM = "insert into multichat_room (id, title, staff_only) values (?, ?, ?)"
_SAY = "insert into multichat_message (room_id, user_id, username, text, at) values (?, null, ?, ?, '2026-01-01')"
_MARK = (
    "insert into multichat_lastread (room_id, message, user_id) values (?, ?, "
    "(select id from auth_user where username = ?))"
)

task = Task(
    layer="redis",
    difficulty="hard",
    minutes=45,
    files=("multichat/protocol.py", "multichat/receipts.py", "multichat/desk.py"),
    hints=(
        "Where does the site remember already how far somebody has read, and what does it do with a `read` now?",
        "Begin with `readers`: its key in KEYS, a query on LastRead, `do_readers`. Then `do_read`: how far was it "
        "before and is it after `super().do_read(command)`? If further, send an event to the room's group.",
        'async def room_read(self, event): if event["room"] in self.rooms and event["but"] != self.channel_name: '
        'await self.tell({"msg_type": 7, "room": str(event["room"]), "username": …, "read": …})',
    ),
    deadline=40,
)


async def new_room(trial: Trial, messages: int = 5, *, staff_only: bool = False) -> tuple[int, list[int]]:
    """A room in which something has been said: its number, and the ids of the messages."""
    room = trial.number(10_000, 99_999)
    await trial.execute(_ROOM, (room, trial.word(), staff_only))
    await trial.execute(_SAY, *((room, trial.word(), trial.word()) for _ in range(messages)))
    found = await trial.rows("select id from multichat_message where room_id = ? order by id", room)
    return room, [row[0] for row in found]


@asynccontextmanager
async def in_room(trial: Trial, room: int, person: Person, server: str = "main") -> AsyncIterator[Caller]:
    """Somebody in a room."""
    async with trial.connect(_PATH, name=person.name, user=person, server=server) as caller:
        await caller.send_json({"command": "join", "room": room})
        await caller.wait_for_json({"join": str(room)})
        yield caller


async def read(caller: Caller, room: int, number: int, told: int | None = None) -> None:
    """Somebody says how far they have read, and is told how far that is."""
    await caller.send_json({"command": "read", "room": room, "id": number})
    await caller.wait_for_json({"read": str(room), "id": told or number})


async def expect_read(trial: Trial, caller: Caller, room: int, reader: Person, number: int) -> None:
    """The next that is told of reading is this."""
    told = await caller.wait_for_json({"msg_type": _READ, "room": str(room)})
    wanted = {"msg_type": _READ, "room": str(room), "username": reader.name, "read": number}
    trial.expect(told == wanted, f"{caller.name} should have received {quoted(wanted)}; {quoted(told)} came instead")


async def expect_readers(trial: Trial, caller: Caller, room: int, readers: dict[str, int]) -> None:
    """Asked who has read how far, the site says this."""
    await caller.send_json({"command": "readers", "room": room})
    told: dict[str, Any] = await caller.wait_for_json({"readers": dict})
    wanted = {"readers": readers, "room": str(room)}
    trial.expect(told == wanted, f"{caller.name} should have received {quoted(wanted)}; {quoted(told)} came instead")


@task.behaviour(points=2)
async def the_room_hears(trial: Trial) -> None:
    """When somebody has read further, the others in the room hear how far; who reads gets the old answer only."""
    (alice, bob), (room, ids) = trial.people(2), await new_room(trial)
    async with in_room(trial, room, alice) as one, in_room(trial, room, bob) as two:
        for number in ids[1], ids[3]:
            await read(two, room, number)
            await expect_read(trial, one, room, bob, number)
        await read(one, room, ids[2])
        await expect_read(trial, two, room, alice, ids[2])


@task.behaviour
async def never_back(trial: Trial) -> None:
    """Whoever looks at something older again has read as far as before: nobody is told."""
    (alice, bob), (room, ids) = trial.people(2), await new_room(trial)
    async with in_room(trial, room, alice) as one, in_room(trial, room, bob) as two:
        await read(two, room, ids[2])
        await expect_read(trial, one, room, bob, ids[2])
        await read(two, room, ids[0], told=ids[2])
        await read(two, room, ids[2])
        await read(two, room, ids[-1] + 1000, told=ids[-1])
        await expect_read(trial, one, room, bob, ids[-1])


@task.behaviour(points=2)
async def readers(trial: Trial) -> None:
    """Whoever comes later asks for the `readers`, and gets all who have read something there, from any server."""
    (alice, bob, eve), (room, ids), (other, _) = trial.people(3), await new_room(trial), await new_room(trial)
    # One after another: whether the room hears of it is another behaviour's.
    for reader, number in (alice, ids[1]), (bob, ids[4]), (alice, ids[3]):
        async with in_room(trial, room, reader) as one:
            await read(one, room, number)
    await trial.daphne("two")
    async with in_room(trial, room, eve, "two") as one:
        await expect_readers(trial, one, room, {alice.name: ids[3], bob.name: ids[4]})
    async with in_room(trial, other, eve) as one:
        await expect_readers(trial, one, other, {})


@task.behaviour
async def rights(trial: Trial) -> None:
    """Who is not in the room is refused; who may not be in it any more is not named."""
    (alice, bob), sam = trial.people(2), trial.person("sam")
    room, ids = await new_room(trial, staff_only=True)
    await trial.execute(_MARK, (room, ids[2], alice.name), (room, ids[3], "sam"))
    async with trial.connect(_PATH, name=bob.name, user=bob) as two:
        await two.send_json({"command": "readers", "room": room})
        await two.expect_json({"error": "ROOM_ACCESS_DENIED"}, extra=True)
    async with in_room(trial, room, sam) as one:
        await expect_readers(trial, one, room, {"sam": ids[3]})


@task.behaviour
async def two_servers(trial: Trial) -> None:
    """People on another server hear it, too; people in another room do not."""
    (alice, bob, eve), (room, ids), (other, more) = trial.people(3), await new_room(trial), await new_room(trial)
    await trial.daphne("two")
    async with (
        in_room(trial, room, alice, "two") as one,
        in_room(trial, room, bob) as two,
        in_room(trial, other, eve) as three,
        in_room(trial, other, alice) as four,
    ):
        await read(two, room, ids[2])
        await expect_read(trial, one, room, bob, ids[2])
        await read(four, other, more[1])
        await expect_read(trial, three, other, alice, more[1])


@task.behaviour
async def still_a_chat(trial: Trial) -> None:
    """Messages reach the room as before."""
    (alice, bob), (room, _), word = trial.people(2), await new_room(trial), trial.text()
    async with in_room(trial, room, alice) as one, in_room(trial, room, bob) as two:
        await two.send_json({"command": "send", "room": room, "message": word})
        await one.wait_for_json({"msg_type": 0, "message": word, "username": bob.name})


def _place(evidence: Evidence) -> Place | None:
    """Where the answer tells the room; the first event in that file is the site's own."""
    calls = evidence.source.calls("group_send", "multichat/desk.py")[1:]
    return calls[-1].place if calls else None


@task.mistake
def nobody_knows_the_command(evidence: Evidence) -> Said | None:
    """`readers` is refused as unknown."""
    if "UNKNOWN_COMMAND" not in str(evidence.error):
        return None
    return Said(
        see="`readers` was answered with UNKNOWN_COMMAND.",
        why="`read_command` lets through what stands in KEYS, and nothing else, whatever methods the consumer has.",
        change='Enter it in multichat/protocol.py: `KEYS["readers"] = ("room",)`.',
    )


@task.mistake
def told_to_whoever_reads(evidence: Evidence) -> Said | None:
    """Whoever reads hears of it by the room, too."""
    error = str(evidence.error)
    name, came = error.partition(" ")[0], error.rpartition("; ")[2]
    if f'"msg_type": {_READ}' not in came or f'"username": "{name}"' not in came:
        return None
    return Said(
        see=f"{name} was told by the room how far {name} has read.",
        why="Who reads is in the room's group, as everybody there, and has got an answer already.",
        change='Put the sender\'s channel into the event ("but"), and pass over the event in the consumer that has it.',
        place=_place(evidence),
    )


@task.mistake
def told_to_oneself(evidence: Evidence) -> Said | None:
    """The news is sent to the own client, where the room should have it."""
    told = any(f'"msg_type": {_READ}' in str(event.get("text")) for event in evidence.sent("websocket.send"))
    events = evidence.source.calls("group_send", "multichat/desk.py")
    if not told or len(events) > 1 or f'received `{{"msg_type": {_READ}' not in str(evidence.error):
        return None
    return Said(
        see="Whoever reads is told how far, and nobody else is.",
        why="`self.tell` speaks to this consumer's own client only.",
        change="Send an event to the room's group with `group_send`, and tell of it where its `type` leads.",
    )


@task.mistake
def told_although_not_further(evidence: Evidence) -> Said | None:
    """The room is told of each `read`, or of what was asked for."""
    told = [call for call in evidence.layer("group_send") if "read" in str(call.details.get("message", ""))]
    if "came instead" not in str(evidence.error) or f'"msg_type": {_READ}' not in str(evidence.error) or not told:
        return None
    return Said(
        see="The room was told how far somebody has read, and it is not so.",
        why="Whoever scrolls back sends a smaller id, and a client may name an id that no message has. What the "
        "database keeps goes forward only, and no further than the newest message.",
        change="Ask the database before and after `super().do_read(command)`, and tell the room what it says, if that "
        "is more than before.",
        place=_place(evidence),
    )
