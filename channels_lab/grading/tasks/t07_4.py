"""Closed for a moment."""

from channels_lab.explain.book import Said
from channels_lab.explain.evidence import Evidence
from channels_lab.grading.task import Task
from channels_lab.grading.trial import Trial

__all__ = ["task"]

_ERRORS = "https://redis.readthedocs.io/en/stable/exceptions.html"

task = Task(
    difficulty="hard",
    minutes=20,
    files=("chat/consumers.py",),
    layer="redis",
    hints=(
        "Which line of `connect` fails without Redis, and what is the exception's full name in the server's log?",
        "Catch the client library's exception around `group_add`. A client sees a close code only once it is accepted.",
        'try: … group_add … except RedisError: self.accept(); self.send(json.dumps({"error": …})); '
        "self.close(COME_AGAIN); return — with RedisError from redis.exceptions.",
    ),
)


@task.behaviour(points=2)
async def told(trial: Trial) -> None:
    """While Redis is stopped, whoever comes is accepted, told so, and closed with 4013."""
    await trial.stop_redis()
    async with trial.connect(f"/ws/chat/{trial.room()}/", name="alice") as alice:
        await alice.expect_json({"error": str})
        await alice.expect_close(4013)


@task.behaviour(points=2)
async def served_again(trial: Trial) -> None:
    """With Redis back, whoever comes is served, by the same Daphne."""
    await trial.start_redis()
    word, path = trial.text(), f"/ws/chat/{trial.room()}/"
    async with trial.connect(path, name="alice") as alice, trial.connect(path, name="bob") as bob:
        await alice.send_json({"message": word})
        await bob.expect_json({"username": "guest", "message": word})
        await alice.expect_json({"username": "guest", "message": word})
        await bob.send(trial.word())
        await bob.expect_json({"error": str})


@task.mistake(page=_ERRORS)
def pythons_own_error(evidence: Evidence) -> Said | None:
    """`except ConnectionError` is Python's."""
    raised = evidence.raised(r"redis\.exceptions\.ConnectionError|^ConnectionError: Error")
    imported = [one for one in evidence.source.imports("chat/consumers.py") if "redis" in str(one)]
    if not raised or imported or "except" not in evidence.source.files["chat/consumers.py"].partition("disconnect")[0]:
        return None
    return Said(
        see="Redis' client raised `redis.exceptions.ConnectionError`, and your `except` let it pass.",
        why="It has the name of Python's own `ConnectionError`, and is another class: it descends from `RedisError`.",
        change="Write `from redis.exceptions import RedisError`, and catch that.",
        place=raised.place,
    )


@task.mistake
def code_of_the_protocol(evidence: Evidence) -> Said | None:
    """A code that only the protocol's own library may send."""
    raised = evidence.raised(r"invalid close code (\d+)")
    if not raised:
        return None
    return Said(
        see=f"`{raised.text}`: alice got 1011 instead.",
        why=f"Daphne lets an application close with 1000, and with 3000 to 4999. {raised.match[1]} is none of these.",
        change="Close with the code of the task: `self.close(COME_AGAIN)`.",
        place=raised.place or next((call.place for call in evidence.source.calls("close", "chat/consumers.py")), None),
    )


@task.mistake
def left_open(evidence: Evidence) -> Said | None:
    """Whoever came was told, and not closed."""
    told = [one for one in evidence.connections if any('"error"' in str(sent) for sent in one.sent("websocket.send"))]
    if not told or not told[0].of("error") or told[0].sent("websocket.close"):
        return None
    return Said(
        see="alice was accepted and told, and then cut off with 1011.",
        why="Nothing closes the connection. Her consumer goes on to wait at Redis for messages, which raises.",
        change="Close it with `self.close(COME_AGAIN)` once she has been told.",
    )
