"""Carry the time."""

from datetime import UTC, datetime, timedelta

from channels_lab.explain.book import Said
from channels_lab.explain.evidence import Evidence
from channels_lab.grading.task import Task
from channels_lab.grading.trial import Trial

__all__ = ["task"]

task = Task(
    difficulty="easy",
    minutes=10,
    files=("chat/consumers.py",),
    layer="redis",
    hints=(
        "What must every value in an event become on its way through Redis, and what does the traceback say of yours?",
        "Turn the time into a text before the event is sent. Then the handler has nothing left to turn.",
        '"at": datetime.now(UTC).isoformat() in the event, and in chat_message just event["at"].',
    ),
)

# A learner may leave out what comes after the second.
_ROUNDED = timedelta(seconds=1.1)


@task.behaviour(points=2)
async def with_its_time(trial: Trial) -> None:
    """Over Redis a message comes with the time at which it was said, and the zone of that."""
    person, word = trial.person(), trial.text()
    async with trial.connect(f"/ws/chat/{trial.room()}/", name="alice", user=person) as alice:
        before = datetime.now(UTC)
        await alice.send_json({"message": word})
        told = await alice.expect_json({"username": person.name, "message": word, "at": str})
        try:
            at = datetime.fromisoformat(told["at"])
        except ValueError:
            trial.expect(False, f"`at` should be a time that `datetime.fromisoformat` reads; it is `{told['at']}`.")
        trial.expect(at.tzinfo, f"`at` should say its zone, as `+00:00` does; it is `{told['at']}`.")
        now = datetime.now(UTC)
        trial.expect(
            before - _ROUNDED <= at <= now + _ROUNDED,
            f"`at` should be the time of the message, `{now.isoformat()}`; it is `{told['at']}`.",
        )


@task.behaviour(points=2)
async def the_same_for_all(trial: Trial) -> None:
    """Everybody in the room reads the same time, at another Daphne, too."""
    room, word = trial.room(), trial.word()
    await trial.daphne("second")
    async with (
        trial.connect(f"/ws/chat/{room}/", name="alice") as alice,
        trial.connect(f"/ws/chat/{room}/", name="bob", server="second") as bob,
    ):
        await alice.send_json({"message": word})
        told = await alice.expect_json({"username": "guest", "message": word, "at": str})
        heard = await bob.expect_json({"username": "guest", "message": word, "at": str})
        trial.expect(
            told["at"] == heard["at"],
            f"alice and bob should read one time; she reads `{told['at']}`, and he `{heard['at']}`.",
        )


@task.behaviour
async def errors_as_before(trial: Trial) -> None:
    """What is no message is answered with an error, and the sender stays."""
    async with trial.connect(f"/ws/chat/{trial.room()}/", name="eve") as eve:
        await eve.send(trial.word())
        await eve.expect_json({"error": str})
        word = trial.word()
        await eve.send_json({"message": word})
        await eve.expect_json({"message": word}, extra=True)


@task.mistake
def turned_twice(evidence: Evidence) -> Said | None:
    """The event has a text, and the handler still turns it into one."""
    raised = evidence.raised(r"'(str|float|int)' object has no attribute 'isoformat'")
    if not raised:
        return None
    return Said(
        see=f"`{raised.text}`, in the consumer of whoever gets the message.",
        why=f"What the event carries is plain now, a `{raised.match[1]}`. Only a `datetime` has `isoformat`.",
        change='Turn it once. With the text in the event, the handler tells `event["at"]` as it is.',
        place=raised.place,
    )


@task.mistake
def looked_at_the_clock_twice(evidence: Evidence) -> Said | None:
    """The event has no time: each consumer that gets it looks at its clock."""
    sent = [event.details.get("message") for event in evidence.layer("group_send")]
    known = {"type", "username", "message"}
    if not sent or evidence.errors() or any(not isinstance(one, dict) or one.keys() - known for one in sent):
        return None
    return Said(
        see="The event carries no time: each consumer told its client another one, or none.",
        why="A handler runs once for each who gets the message, later, and in another process perhaps. The time at "
        "which it was said is known where it was said.",
        change="Put the time into the event, in `receive`, as a text.",
        place=next((call.place for call in evidence.source.calls("group_send", "chat/consumers.py")), None),
    )
