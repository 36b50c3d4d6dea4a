"""Whisper."""

from channels_lab.explain.book import Said
from channels_lab.explain.evidence import Evidence
from channels_lab.grading.task import Task
from channels_lab.grading.trial import Trial

__all__ = ["task"]

_PATH = "chat/consumers.py"

task = Task(
    difficulty="hard",
    minutes=20,
    files=(_PATH,),
    hints=(
        "A group is a name for a set of channels. Which set hears a whisper, and from when on is a window in it?",
        "In `connect`, who is logged in joins a group that is named after the person, and that no room can have; "
        "`disconnect` leaves it. A frame with `to` goes to that group, by an event of its own type, and to no other.",
        'group_name(f"person/{username}") is such a name: no room has a slash. In `receive`: to = '
        'json.loads(text_data).get("to"); where it is a text, group_send {"type": "chat.whisper", …}, and return.',
    ),
)


@task.behaviour(points=2)
async def heard(trial: Trial) -> None:
    """All windows of a person hear a whisper, and nobody else."""
    people, word = trial.people(3), trial.text()
    rooms = [f"/ws/chat/{trial.room()}/" for _ in range(2)]
    async with (
        trial.connect(rooms[0], name="alice", user=people[0]) as alice,
        trial.connect(rooms[0], name="bob", user=people[1]) as bob,
        trial.connect(rooms[1], name="bob's other window", user=people[1]) as other,
        trial.connect(rooms[0], name="eve", user=people[2]) as eve,
    ):
        await alice.send_json({"to": people[1].name, "message": word})
        for one in (bob, other):
            await one.expect_json({"from": people[0].name, "whisper": word})
        await eve.expect_nothing(0.1)
        for one in (alice, bob, other):
            await one.expect_nothing(0.01)


@task.behaviour
async def a_room_of_that_name(trial: Trial) -> None:
    """A room that is called like the person hears nothing; guests have no group of their own."""
    person, word, path = trial.person(), trial.word(), f"/ws/chat/{trial.room()}/"
    async with (
        trial.connect(path, name="a guest") as guest,
        trial.connect(path, name="bob", user=person) as bob,
        trial.connect(f"/ws/chat/{person.name}/", name="eve") as eve,
    ):
        await guest.send_json({"to": person.name, "message": word})
        await bob.expect_json({"from": "guest", "whisper": word})
        await eve.expect_nothing(0.05)
        await bob.send_json({"to": "guest", "message": word})
        await guest.expect_nothing(0.05)


@task.behaviour
async def still_a_chat(trial: Trial) -> None:
    """Messages reach the room as before; `to` is a text."""
    word, path, person = trial.word(), f"/ws/chat/{trial.room()}/", trial.person()
    async with trial.connect(path, name="alice", user=person) as alice, trial.connect(path, name="bob") as bob:
        await alice.send_json({"to": trial.number(), "message": word})
        await alice.expect_json({"error": str})
        await alice.send_json({"to": person.name})
        await alice.expect_json({"error": str})
        await alice.send_json({"message": word})
        for one in (alice, bob):
            await one.expect_json({"username": person.name, "message": word})


@task.behaviour(points=2)
async def leaves_both(trial: Trial) -> None:
    """A window that closes leaves both groups."""
    await trial.daphne_in_valkey("beside")
    async with trial.connect(f"/ws/chat/{trial.room()}/", name="bob", user=trial.person(), server="beside") as bob:
        await bob.send_json({"message": trial.word()})
        await bob.receive()
        members = await trial.members()
    joined = {event.details["to"] for event in trial.evidence().layer("group_add")}
    trial.expect(len(joined) == 2, f"bob should have been in two groups; he was in {len(joined)}.")
    trial.expect(len(members) == 2, f"bob should have been in two groups; he was in {len(members)}.")
    left = "bob was in two groups, and should have left both"
    await trial.until(lambda seen: joined == {event.details["to"] for event in seen.layer("group_discard")}, left)
    await trial.expect_no_members(left)


@task.mistake
def one_name_for_two(evidence: Evidence) -> Said | None:
    """A person's group is named as a room's."""
    if "should have come to eve" not in str(evidence.error) or "whisper" not in str(evidence.error):
        return None
    return Said(
        see="Eve is a guest in another room, and hears the whisper.",
        why="Her group has the same name as the person's: a room that is called like a person is that person's group.",
        change="Put something into the name that no room can have: a prefix of its own, or a slash.",
        place=next((call.place for call in evidence.source.calls("group_name", _PATH)), None),
    )


@task.mistake
def a_group_of_guests(evidence: Evidence) -> Said | None:
    """Guests are in a group, called guest."""
    if "should have come to a guest" not in str(evidence.error):
        return None
    return Said(
        see="A whisper to `guest` is heard by guests.",
        why="Everybody who is not logged in shares that group; `guest` is what pages show, and nobody is called so.",
        change='Join a group of one\'s own only where `self.scope["user"].is_authenticated`.',
        place=next((call.place for call in evidence.source.calls("group_add", _PATH)[1:]), None),
    )


@task.mistake
def in_the_room(evidence: Evidence) -> Said | None:
    """The whisper goes to the room's group, and is filtered there."""
    sent = [event for event in evidence.layer("group_send") if "chat.message" not in str(event.details.get("message"))]
    add = [event for event in evidence.layer("group_add") if sent and event.key == sent[0].key]
    if not sent or not add or sent[0].details.get("to") != add[0].details.get("to"):
        return None
    return Said(
        see="Bob hears it in this room, and not in his other window.",
        why="The event is put into the room's group. Windows in other rooms are not in it, and everybody who is gets "
        "the event, if only to throw it away.",
        change="Send it to a group that all windows of one person are in, and nobody else.",
        place=next((call.place for call in evidence.source.calls("group_send", _PATH)), None),
    )


@task.mistake
def aloud(evidence: Evidence) -> Said | None:
    """After the whisper the message goes to the room."""
    sent = [str(event.details.get("message")) for event in evidence.layer("group_send")]
    if len(sent) < 2 or "Nothing should have come" not in str(evidence.error):
        return None
    return Said(
        see="The room hears the message, not only Bob.",
        why="Your whispers are said aloud, too: `receive` goes on to the last line, which tells the room.",
        change="Return after the whisper.",
        place=next((call.place for call in reversed(evidence.source.calls("group_send", _PATH))), None),
    )
