"""A box that fills."""

from channels_lab.explain.book import Said
from channels_lab.explain.evidence import Evidence
from channels_lab.explain.place import Place
from channels_lab.grading.task import Task
from channels_lab.grading.trial import Trial
from channels_lab.record.events import Event

__all__ = ["task"]

task = Task(
    difficulty="medium",
    minutes=15,
    files=("chat/consumers.py", "config/settings.py"),
    layer="redis",
    hints=(
        "Which of `send` and `group_send` says that a mailbox is full, and how? Where does a mailbox get its size?",
        'Send to the channel "reports" and catch `ChannelFull`. The layer\'s "CONFIG" takes `channel_capacity`, a size '
        "for channels by name.",
        '"CONFIG": {"channel_capacity": {"reports": 10}}, and try: async_to_sync(self.channel_layer.send)("reports", '
        "event) except ChannelFull: …",
    ),
)

_HOLDS = 10


async def empty_the_box(trial: Trial) -> None:
    """Forget what earlier behaviours have put into it."""
    await trial.stop_redis()
    await trial.start_redis()


@task.behaviour(points=2)
async def ten_and_no_more(trial: Trial) -> None:
    """Ten reports find room; the eleventh is refused, and whoever sent it stays in the chat."""
    word = trial.word()
    async with trial.connect(f"/ws/chat/{trial.room()}/", name="bob") as bob:
        for _ in range(_HOLDS):
            await bob.send_json({"message": f"/report {trial.word()}"})
            await bob.expect_json({"reported": True})
        await bob.send_json({"message": f"/report {trial.word()}"})
        await bob.expect_json({"error": str})
        await bob.send_json({"message": word})
        await bob.expect_json({"username": "guest", "message": word})


@task.behaviour
async def what_lies_in_it(trial: Trial) -> None:
    """A report in the channel `reports` says who sent it and what it says; the room hears nothing."""
    await empty_the_box(trial)
    person, text, path = trial.person(), trial.text(), f"/ws/chat/{trial.room()}/"
    async with trial.connect(path, name="bob", user=person) as bob, trial.connect(path, name="carol") as carol:
        await bob.send_json({"message": f"/report {text}"})
        await bob.expect_json({"reported": True})
        sent, lies = reports(trial.evidence()), await trial.take("reports")
        trial.expect(len(sent) == 1, f"one event should have been sent to `reports`; there were {len(sent)}.")
        trial.expect(len(lies) == 1, f"one event should lie in `reports`; there were {len(lies)}.")
        wanted = {"type": "report", "username": person.name, "text": text}
        trial.expect(lies[0] == wanted, f"in `reports` should lie `{wanted}`; it is `{lies[0]}`.")
        await carol.expect_nothing(0.1)


@task.behaviour
async def full_for_all(trial: Trial) -> None:
    """The box is one for all: where others have filled it, it is full for carol, too."""
    await empty_the_box(trial)
    async with (
        trial.connect(f"/ws/chat/{trial.room()}/", name="bob") as bob,
        trial.connect(f"/ws/chat/{trial.room()}/", name="carol") as carol,
    ):
        for _ in range(_HOLDS):
            await bob.send_json({"message": f"/report {trial.word()}"})
            await bob.expect_json({"reported": True})
        await carol.send_json({"message": f"/report {trial.word()}"})
        await carol.expect_json({"error": str})


@task.behaviour
async def others_keep_their_room(trial: Trial) -> None:
    """Every other mailbox keeps its room for 100 messages."""
    path, words = f"/ws/chat/{trial.room()}/", trial.words(2 * _HOLDS)
    await trial.daphne("beside")
    async with trial.connect(path, name="bob", server="beside") as bob, trial.connect(path, name="carol") as carol:
        known = [event.details.get("capacity") for event in trial.evidence().of("backend")]
        holds = known[-1] if known else "none"
        trial.expect(holds == 100, f"other mailboxes should hold 100 messages; they hold {holds}.")
        trial.pause("beside")
        for word in words:
            await carol.send_json({"message": word})
            await carol.expect_json({"message": word}, extra=True)
        trial.pause("beside", goes_on=True)
        for word in words:
            await bob.expect_json({"message": word}, extra=True)


def reports(evidence: Evidence) -> list[Event]:
    """What was sent into the box, or not for want of room."""
    return [event for event in evidence.layer("send") if event.details.get("to") == "reports"]


def line(evidence: Evidence) -> Place | None:
    """The line that sends a report."""
    calls = evidence.source.calls("send", "chat/consumers.py")
    return next((call.place for call in calls if call.wrapped), None)


@task.mistake
def sent_to_a_group(evidence: Evidence) -> Said | None:
    """The report goes to a group."""
    sent = [event for event in evidence.layer("group_send") if event.details.get("to") == "reports"]
    if not sent:
        return None
    return Said(
        see=f"{len(sent)} reports went to a group of the name `reports`, and lie in no mailbox.",
        why="`group_send` puts a copy into the mailbox of each member, and this group has none. It never says that a "
        "mailbox is full, either.",
        change='Write into the channel itself: `self.channel_layer.send("reports", event)`.',
        place=next(
            (call.place for call in evidence.source.calls("group_send") if call.value(0, "group") == "reports"), None
        ),
    )


@task.mistake
def holds_a_hundred(evidence: Evidence) -> Said | None:
    """The channel has the layer's usual size."""
    sent = reports(evidence)
    if len(sent) <= _HOLDS or any("error" in event.details for event in sent):
        return None
    layers = evidence.source.setting("CHANNEL_LAYERS")
    if len({event.key for event in sent}) > 1:
        why = "A count that a consumer keeps is of its one connection. The mailbox is one for all, and holds 100."
    else:
        why = "A mailbox holds 100 messages, unless the layer's settings name another size."
    return Said(
        see=f"{len(sent)} reports have found room in the channel `reports`.",
        why=why,
        change='Give the layer in Redis `"channel_capacity": {"reports": 10}`, in its CONFIG, beside `hosts`.',
        place=layers.place if layers else None,
    )


@task.mistake
def says_both(evidence: Evidence) -> Said | None:
    """What follows the `try` is said in any case."""
    for connection in evidence.connections:
        said = [str(event.get("text", "")) for event in connection.sent("websocket.send")]
        refused = next((at for at, text in enumerate(said) if '"error"' in text), len(said))
        if any('"reported"' in text for text in said[refused:]):
            return Said(
                see="For one report the sender was told first that it is full, then that it was taken.",
                why="After an `except` that has caught something the method goes on below.",
                change="Say `reported` in an `else:` of the `try`; or `return` at the end of the `except`.",
                place=line(evidence),
            )
    return None


@task.mistake
def not_as_agreed(evidence: Evidence) -> Said | None:
    """The report arrives, and what is in it or what is said of it is something else."""
    sent = reports(evidence)
    if not sent or evidence.errors():
        return None
    lies = sent[0].details.get("message", {})
    if isinstance(lies, dict) and {**lies, "type": "report"}.keys() != {"type", "username", "text"}:
        return Said(
            see=f"In `reports` lies an event with the keys {', '.join(f'`{key}`' for key in lies)}.",
            why="Whoever empties the box reads `type`, `username` and `text`.",
            change='Send `{"type": "report", "username": username, "text": text}`.',
            place=line(evidence),
        )
    return Said(
        see="A report lies in `reports`; what else came is not as in the table.",
        why="Clients go by the keys: `reported` where it was taken, `error` where there was no room.",
        change="Compare what you send with the table, key by key.",
    )
