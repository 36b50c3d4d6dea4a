"""Say who comes."""

from channels_lab.explain.book import Said
from channels_lab.explain.evidence import Evidence
from channels_lab.grading.task import Task
from channels_lab.grading.trial import Trial

__all__ = ["task"]

task = Task(
    difficulty="medium",
    minutes=15,
    files=("chat/consumers.py",),
    hints=(
        "Which event of a connection tells that somebody is there, and who has to hear of it?",
        "Send an event of a type of its own to the group, in `connect` and in `disconnect`, and write its handler.",
        'async_to_sync(self.channel_layer.group_send)(self.group, {"type": "chat.came", "username": name}), and '
        'def chat_came(self, event): self.send(json.dumps({"came": event["username"]}))',
    ),
)


@task.behaviour(points=2)
async def the_others_hear(trial: Trial) -> None:
    """Who is in the room hears who comes."""
    path, people = f"/ws/chat/{trial.room()}/", trial.people(2)
    async with trial.connect(path, name="alice", user=people[0]) as alice:
        await alice.expect_json({"came": people[0].name})
        async with trial.connect(path, name="bob", user=people[1]) as bob:
            await alice.expect_json({"came": people[1].name})
            await bob.expect_json({"came": people[1].name})


@task.behaviour(points=2)
async def and_who_goes(trial: Trial) -> None:
    """They hear who goes; who goes is not told any more."""
    path, person = f"/ws/chat/{trial.room()}/", trial.person()
    async with trial.connect(path, name="alice") as alice:
        await alice.expect_json({"came": "guest"})
        async with trial.connect(path, name="bob", user=person) as bob:
            await alice.expect_json({"came": person.name})
            await bob.expect_json({"came": person.name})
        await alice.expect_json({"went": person.name})
        await alice.expect_nothing()


@task.behaviour
async def one_room(trial: Trial) -> None:
    """People in another room hear nothing of it."""
    async with trial.connect(f"/ws/chat/{trial.room()}/", name="eve") as eve:
        await eve.expect_json({"came": "guest"})
        async with trial.connect(f"/ws/chat/{trial.room()}/", name="bob") as bob:
            await bob.expect_json({"came": "guest"})
        await eve.expect_nothing()


@task.behaviour
async def still_a_chat(trial: Trial) -> None:
    """Messages reach the room as before."""
    word, path = trial.text(), f"/ws/chat/{trial.room()}/"
    async with trial.connect(path, name="alice") as alice:
        await alice.expect_json({"came": "guest"})
        await alice.send_json({"message": word})
        await alice.expect_json({"username": "guest", "message": word})


@task.mistake
def told_before_joining(evidence: Evidence) -> Said | None:
    """The event is put on the layer before the consumer is in the group."""
    joined = {event.key: event.t for event in evidence.layer("group_add")}
    early = [event for event in evidence.layer("group_send") if event.t < joined.get(event.key, 0)]
    if not early:
        return None
    return Said(
        see="Whoever comes does not hear of it; the others do.",
        why="`group_send` reaches the channels that are in the group at that moment, and yours is not in it yet.",
        change="Join the group first, with `group_add`; then accept; then tell the group.",
        place=next((call.place for call in evidence.source.calls("group_add", "chat/consumers.py")), None),
    )


@task.mistake
def told_to_oneself(evidence: Evidence) -> Said | None:
    """The news is sent to the own client, where the group should have it."""
    sent = [one for one in evidence.connections if any("came" in str(event) for event in one.sent("websocket.send"))]
    if not sent or evidence.layer("group_send"):
        return None
    return Said(
        see="Whoever comes hears of it, and nobody else does.",
        why="`self.send` speaks to this consumer's own client only.",
        change="Send an event to the group with `group_send`, and write the method that its `type` names.",
    )
