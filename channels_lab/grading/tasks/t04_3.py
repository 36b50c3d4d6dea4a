"""Say it back, by hand."""

import ast

from channels_lab.explain.book import Said
from channels_lab.explain.evidence import Evidence
from channels_lab.grading.task import Task
from channels_lab.grading.trial import Trial
from channels_lab.grading.unmet import quoted

__all__ = ["task"]

_PATH = "config/asgi.py"
_SPECIFICATION = "https://asgi.readthedocs.io/en/latest/specs/www.html#websocket"

task = Task(
    difficulty="medium",
    minutes=15,
    files=(_PATH,),
    hints=(
        "Look at `by_hand.py` in chapter 04: which events does a WebSocket take, in which order, and when is its loop "
        "over?",
        "Receive the `websocket.connect`; look at the path, and close or accept. Then receive until something else "
        'than a `websocket.receive` comes. Is there always an `event["text"]`?',
        'while (event := await receive())["type"] == "websocket.receive": where event.get("text") is not None, add one '
        'to `count` and send {"type": "websocket.send", "text": f"{count} …"}',
    ),
)


@task.behaviour(points=2)
async def numbered(trial: Trial) -> None:
    """Each text comes back with its number."""
    async with trial.connect("/ws/back/", name="alice") as alice:
        for number, text in enumerate([trial.text(), *trial.words(trial.random.randint(2, 4))], start=1):
            await alice.send(text)
            await alice.expect_text(f"{number} {text}")


@task.behaviour
async def one_count_each(trial: Trial) -> None:
    """Each connection is counted for itself."""
    async with trial.connect("/ws/back/", name="alice") as alice, trial.connect("/ws/back/", name="bob") as bob:
        for number in (1, 2):
            for client, word in ((alice, trial.word()), (bob, trial.word())):
                await client.send(word)
                await client.expect_text(f"{number} {word}")


@task.behaviour
async def no_bytes(trial: Trial) -> None:
    """Bytes are passed over, and not counted."""
    word = trial.word()
    async with trial.connect("/ws/back/", name="eve") as eve:
        await eve.send(trial.random.randbytes(8))
        await eve.send(word)
        said = await eve.receive()
        trial.expect(
            said != f"2 {word}", f"eve sent bytes, then {quoted(word)}; {quoted(said)} came. Bytes are counted, too."
        )
        trial.expect(said == f"1 {word}", f"eve should have received `1 {word}`; {quoted(said)} came instead.")


@task.behaviour
async def other_paths(trial: Trial) -> None:
    """Other paths are refused; pages are Django's."""
    await trial.expect_refused(f"/ws/{trial.word()}/")
    await trial.get("/admin/login/")


@task.behaviour
async def ends(trial: Trial) -> None:
    """The call ends when the client leaves, without an exception."""
    # Only the record tells, which the answer's process writes: see CONTRIBUTING.
    async with trial.connect("/ws/back/", name="alice") as alice:
        await alice.send(trial.word())
        await alice.receive()
    await trial.until(
        lambda seen: all(one.over for one in seen.connections),
        "`say_back` should have returned when alice had left",
    )
    raised = trial.evidence().errors()
    what = str(raised[0].details.get("error"))[:100] if raised else ""
    trial.expect(not raised, f"`say_back` should have returned when alice left; it raised {what}.")


@task.mistake
def never_awaited(evidence: Evidence) -> Said | None:
    """A call of send or receive without await."""
    lost = [call for name in ("send", "receive") for call in evidence.source.calls(name, _PATH) if not call.awaited]
    if not lost or not evidence.of("unawaited"):
        return None
    return Said(
        see="The log says that a coroutine was never awaited, and nothing was sent.",
        why="`send` and `receive` are async: to call one makes a coroutine, and `await` runs it.",
        change=f"Write `await` before `{lost[0].name}`.",
        place=lost[0].place,
    )


@task.mistake(page=_SPECIFICATION)
def not_accepted(evidence: Evidence) -> Said | None:
    """Something is sent, or nothing, before the WebSocket is accepted."""
    if any(one.accepted for one in evidence.connections) or not evidence.refused():
        return None
    if evidence.sent("websocket.close"):
        return None
    return Said(
        see="The handshake is not completed: alice waits for a yes or a no.",
        why="A client may hear nothing before it is let in: `websocket.accept` comes first, before any "
        "`websocket.send`.",
        change='Send {"type": "websocket.accept"} as soon as you know the path.',
    )


@task.mistake(page=_SPECIFICATION)
def bytes_without_text(evidence: Evidence) -> Said | None:
    """The text of a frame of bytes is asked for."""
    raised = evidence.raised(r"KeyError: 'text'")
    if not raised or not any("bytes" in event for event in evidence.received("websocket.receive")):
        return None
    return Said(
        see="`KeyError: 'text'` when bytes come.",
        why="A frame of bytes has no `text`: its event has the key `bytes` instead.",
        change='Ask with `event.get("text")`, and pass over what is `None`.',
        place=raised.place,
    )


@task.mistake
def counted_together(evidence: Evidence) -> Said | None:
    """The count is kept outside the function."""
    tree = evidence.source.tree(_PATH)
    names = [node for node in ast.walk(tree) if isinstance(node, ast.Global)] if tree else []
    if not names or len([one for one in evidence.connections if one.accepted]) < 2:
        return None
    return Said(
        see="The numbers of one client go on where another's stopped.",
        why="The name is the module's, shared by all connections of this process.",
        change="Keep the count in a variable of the function: the function is called once for each connection.",
        place=evidence.source.place(_PATH, names[0]),
    )


@task.mistake(page=_SPECIFICATION)
def never_returns(evidence: Evidence) -> Said | None:
    """The loop goes on after websocket.disconnect."""
    gone = [one for one in evidence.connections if one.received("websocket.disconnect") and not one.over]
    if not gone or "returned" not in str(evidence.error):
        return None
    return Said(
        see="`websocket.disconnect` was received, and the call goes on.",
        why="After the disconnect it waits for events that no longer come. Such calls add up, one for each visitor, "
        "until the server ends them.",
        change="Leave the loop when the event is no `websocket.receive`.",
        place=next((call.place for call in reversed(evidence.source.calls("receive", _PATH))), None),
    )


@task.mistake(page=_SPECIFICATION)
def returns_early(evidence: Evidence) -> Said | None:
    """The function returns while the client is there."""
    early = [
        one
        for one in evidence.connections
        if one.accepted and one.of("end") and not one.received("websocket.disconnect")
    ]
    if not early or evidence.closed():
        return None
    return Said(
        see="The first answer comes, and then no more.",
        why="The call lasts as long as the talk: yours stops listening after the first text, and Daphne keeps the "
        "connection, with nobody behind it.",
        change="Receive in a loop, until the event is no `websocket.receive`.",
        place=next((call.place for call in reversed(evidence.source.calls("receive", _PATH))), None),
    )
