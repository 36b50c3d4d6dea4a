"""Call the roll."""

from channels_lab.explain.book import Said
from channels_lab.explain.evidence import Evidence
from channels_lab.grading.task import Task
from channels_lab.grading.trial import Trial

__all__ = ["task"]

task = Task(
    difficulty="medium",
    minutes=15,
    files=("chat/consumers.py",),
    layer="redis",
    hints=(
        "A group reaches everybody. What must the question carry along, so that an answer reaches one alone?",
        "Put `self.channel_name` into the event for the group. Each consumer sends its answer to that channel, with "
        "`channel_layer.send`; the consumer that gets it tells its client.",
        'In chat_roll: async_to_sync(self.channel_layer.send)(event["reply_to"], {"type": "chat.here", …}), and in '
        "chat_here: self.send.",
    ),
)


@task.behaviour(points=2)
async def all_answer(trial: Trial) -> None:
    """Who calls the roll hears of everybody in the room, herself included."""
    room, people = trial.room(), trial.people(2)
    path = f"/ws/chat/{room}/"
    async with (
        trial.connect(path, name="alice", user=people[0]) as alice,
        trial.connect(path, name="bob", user=people[1]),
        trial.connect(path, name="carol"),
        trial.connect(f"/ws/chat/{trial.room()}/", name="eve"),
    ):
        await alice.send_json({"message": "/roll"})
        await alice.expect_jsons({"here": people[0].name}, {"here": people[1].name}, {"here": "guest"})
        await alice.expect_nothing(0.1)


@task.behaviour
async def nobody_else(trial: Trial) -> None:
    """Nobody else hears of it."""
    room, person = trial.room(), trial.person()
    path = f"/ws/chat/{room}/"
    async with trial.connect(path, name="alice") as alice, trial.connect(path, name="bob", user=person) as bob:
        await alice.send_json({"message": "/roll"})
        await alice.expect_jsons({"here": "guest"}, {"here": person.name})
        await bob.expect_nothing()


@task.behaviour(points=2)
async def at_another_daphne(trial: Trial) -> None:
    """Who is at another Daphne answers, too."""
    room, people = trial.room(), trial.people(2)
    path = f"/ws/chat/{room}/"
    await trial.daphne("second")
    async with (
        trial.connect(path, name="carol", user=people[0]),
        trial.connect(path, name="dave", user=people[1], server="second") as dave,
    ):
        await dave.send_json({"message": "/roll"})
        await dave.expect_jsons({"here": people[0].name}, {"here": people[1].name})


@task.behaviour
async def still_a_chat(trial: Trial) -> None:
    """Other messages reach the room as before."""
    room, word = trial.room(), f"roll {trial.word()}"
    path = f"/ws/chat/{room}/"
    async with trial.connect(path, name="alice") as alice, trial.connect(path, name="bob") as bob:
        await alice.send_json({"message": word})
        await bob.expect_json({"username": "guest", "message": word})
        await alice.expect_json({"username": "guest", "message": word})


@task.mistake
def tells_its_own_client(evidence: Evidence) -> Said | None:
    """Each consumer answers with `self.send`."""
    told = [one for one in evidence.connections if any('"here"' in str(event) for event in one.sent("websocket.send"))]
    if len(told) < 2 or evidence.layer("send") or len(evidence.layer("group_send")) > 1:
        return None
    return Said(
        see="Each client was told its own name, and whoever asked no other one.",
        why="The question reaches every consumer of the room. There `self.send` speaks to that consumer's own client, "
        "not to the one who asked.",
        change="Let the question carry the asking consumer's `self.channel_name`, and answer to that channel with "
        "`self.channel_layer.send`.",
    )


@task.mistake
def answers_itself(evidence: Evidence) -> Said | None:
    """Each consumer sends its answer to its own channel."""
    own = {event.key: event.details.get("message") for event in evidence.layer("group_add")}
    sent = evidence.layer("send")
    if len(sent) < 2 or any(event.details.get("to") != own.get(event.key) for event in sent):
        return None
    return Said(
        see="Every answer went to the channel of the consumer that gave it.",
        why="In a handler `self` is the consumer that answers, and `self.channel_name` its own mailbox.",
        change="Put the `self.channel_name` of whoever asks into the question, and send the answer to "
        'that: `event["reply_to"]`.',
        place=next((call.place for call in evidence.source.calls("send", "chat/consumers.py") if call.wrapped), None),
    )


@task.mistake
def list_of_one_process(evidence: Evidence) -> Said | None:
    """Who is there is kept in a variable."""
    servers = {one.process for one in evidence.connections if one.type == "websocket"}
    if len(servers) < 2 or evidence.layer("group_send") or evidence.layer("send"):
        return None
    return Said(
        see="Who is at the same Daphne was told of, and who is at the other one was not.",
        why="A variable of your module lives in one process; each Daphne has a list of its own.",
        change="Keep no list. Ask the group, which all processes reach by Redis, and let each consumer answer.",
    )
