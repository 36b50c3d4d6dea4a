"""Mend an old chat."""

import json
from typing import Any

from channels_lab.explain.book import Said
from channels_lab.explain.evidence import Evidence
from channels_lab.grading.task import Task
from channels_lab.grading.trial import Trial

__all__ = ["task"]

_PATH = "chat/consumers.py"

task = Task(
    difficulty="medium",
    minutes=15,
    files=(_PATH,),
    hints=(
        "Which line of `receive` may raise, for which frames? And who takes a channel out of its group?",
        "Let `read_message` raise ValueError for most of it; then ask for the command. Each way out of `receive` "
        "either tells the room or sends an error. `receive` is called with `bytes_data`, too.",
        'try: message = read_message(text_data); key = KEYS[json.loads(text_data)["command"]]; then except ValueError '
        "as error, and except (KeyError, TypeError): send an error. In `disconnect`: group_discard.",
    ),
)


@task.behaviour
async def says_and_does(trial: Trial) -> None:
    """What somebody says and does is heard by the room."""
    path, person = f"/ws/chat/{trial.room()}/", trial.person()
    keys = {"say": "message", "me": "action"}
    async with trial.connect(path, name="alice", user=person) as alice, trial.connect(path, name="bob") as bob:
        for command in trial.random.sample(list(keys), 2):
            text = trial.text()
            await alice.send_json({"command": command, "message": text})
            for one in (alice, bob):
                await one.expect_json({"username": person.name, keys[command]: text})


@task.behaviour(points=2)
async def no_object(trial: Trial) -> None:
    """What is no JSON, no object, or bytes is answered with an error."""
    word = trial.word()
    await _all_answered(trial, [word, f'["say", "{word}"]', word.encode(), json.dumps(word)])


@task.behaviour
async def other_commands(trial: Trial) -> None:
    """A command that there is not, or a missing one, is answered with an error."""
    word = trial.word()
    frames: list[dict[str, Any]] = [{"message": word}, {"command": trial.word(), "message": word}]
    await _all_answered(trial, [*map(json.dumps, frames), json.dumps({"command": [], "message": word})])


@task.behaviour
async def bad_messages(trial: Trial) -> None:
    """A message that is missing, empty, or no text is answered with an error."""
    command = trial.random.choice(["say", "me"])
    frames: list[dict[str, Any]] = [{"command": command, "message": value} for value in (trial.number(), " ", None)]
    await _all_answered(trial, [*map(json.dumps, frames), json.dumps({"command": command})])


@task.behaviour
async def leaves(trial: Trial) -> None:
    """Who leaves is in the group no more."""
    await trial.daphne_in_valkey("beside")
    async with trial.connect(f"/ws/chat/{trial.room()}/", name="eve", server="beside") as eve:
        await eve.send_json({"command": "say", "message": trial.word()})
        await eve.receive()
        trial.expect(await trial.members(), "eve's channel should have been in a group")
    left = "eve has left; her channel should have left the group"
    await trial.until(lambda seen: len(seen.layer("group_discard")) >= len(seen.layer("group_add")), left)
    await trial.expect_no_members(left)


async def _all_answered(trial: Trial, frames: list[str | bytes]) -> None:
    """Each frame gets an error, that nobody else hears; then the sender goes on."""
    path, word = f"/ws/chat/{trial.room()}/", trial.word()
    trial.random.shuffle(frames)
    async with trial.connect(path, name="eve") as eve, trial.connect(path, name="bob") as bob:
        for frame in frames:
            await eve.send(frame)
            await eve.expect_json({"error": str})
        await bob.expect_nothing(0.05)
        await eve.send_json({"command": "say", "message": word})
        for one in (eve, bob):
            await one.expect_json({"username": "guest", "message": word})


@task.mistake
def silent(evidence: Evidence) -> Said | None:
    """A frame is passed over."""
    if "nothing came" not in str(evidence.error) or evidence.errors() or not evidence.received("websocket.receive"):
        return None
    written = [one.methods["receive"] for one in evidence.source.consumers() if one.method("receive")]
    return Said(
        see="A frame is received, and nothing is sent for it.",
        why="Silence is no answer: whoever sent it does not know whether it was lost, late, or wrong.",
        change="End with an `else` that sends an error.",
        place=written[0].place if written else None,
    )


@task.mistake
def not_looked_at(evidence: Evidence) -> Said | None:
    """A message of any type is handed on."""
    said = [event for event in evidence.layer("group_send") if "content" in str(event.details.get("message"))]
    if not said or "`error` is missing" not in str(evidence.error):
        return None
    return Said(
        see="The room hears what is in no way a text to read.",
        why="JSON has numbers, lists and null, too, and a key may be missing; the pages of the others expect a text.",
        change="Let `read_message` look at it first.",
    )
