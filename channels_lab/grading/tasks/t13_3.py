"""Lose nothing."""

from typing import Any

from channels_lab.explain.book import Said
from channels_lab.explain.evidence import Evidence
from channels_lab.grading.script_trial import Script, ScriptTrial
from channels_lab.grading.site import Site, Visit
from channels_lab.grading.task import Task

__all__ = ["task"]


task = Task(
    kind="client",
    difficulty="hard",
    minutes=30,
    files=("speaker.py",),
    hints=(
        "Which two things must the speaker still know when a new connection opens, and when may it forget a text?",
        "Keep the id of the newest message, and a list of (key, text) that you have not heard yet. On each connection: "
        "join with `after`, say the first of the list; when a message comes with its key, take it off, say the next.",
        'unheard = [(uuid4().hex, text) for text in texts]; while unheard: … if told["id"] > last: print(…); '
        'if told.get("key") == unheard[0][0]: unheard.pop(0)',
    ),
)


async def joined(site: Site, after: int) -> Visit:
    """The script comes, and asks for what followed a message."""
    visit = await site.visit("/ws/rooms/")
    await visit.expect_json({"command": "join", "room": 1, "after": after})
    await visit.send_json({"join": "1", "title": "Lobby", "last": after, "people": []})
    return visit


async def said(visit: Visit, text: str, key: Any = str) -> str:
    """The script says something; the key under which it does."""
    told = await visit.expect_json({"command": "send", "room": 1, "message": text, "key": key})
    return str(told["key"])


async def tell(visit: Visit, number: int, username: str, text: str, key: str | None = None) -> None:
    """Tell the script of a message, as the site does."""
    message = {"msg_type": 0, "room": "1", "id": number, "username": username, "message": text, "at": "2026-01-01"}
    await visit.send_json(message | ({"key": key} if key else {}))


async def heard(script: Script, visit: Visit, number: int, text: str, key: str) -> None:
    """The script's own message comes to it, and it prints it."""
    await tell(visit, number, "alice", text, key)
    await script.expect_line(f"alice: {text}")


@task.behaviour
async def says(trial: ScriptTrial) -> None:
    """It joins, says one text after another, prints what it reads, and ends when it has heard all that it said."""
    one, two, other, number = trial.word(), trial.text(), trial.text(), trial.number()
    async with trial.site() as site:
        script = trial.run(site.url, one, two)
        visit = await joined(site, 0)
        key = await said(visit, one)
        await tell(visit, number, "bob", other)
        await script.expect_line(f"bob: {other}")
        await heard(script, visit, number + 2, one, key)
        second = await said(visit, two)
        trial.expect(second != key, "Each text should be said under a key of its own")
        await heard(script, visit, number + 3, two, second)
        await script.expect_end()


@task.behaviour(points=2)
async def says_again(trial: ScriptTrial) -> None:
    """Cut off, it comes back, reads on where it was, and says again, under the same key, what it has not heard."""
    one, two, number = trial.word(), trial.word(), trial.number()
    async with trial.site() as site:
        script = trial.run(site.url, one, two)
        visit = await joined(site, 0)
        await heard(script, visit, number, one, await said(visit, one))
        key = await said(visit, two)
        await visit.drop()
        visit = await joined(site, number)
        await said(visit, two, key)
        await heard(script, visit, number + 1, two, key)
        await script.expect_end()


@task.behaviour
async def not_twice(trial: ScriptTrial) -> None:
    """What it is told a second time, it prints once: also its own, that was kept just before the end."""
    one, two, other, number = trial.word(), trial.word(), trial.word(), trial.number()
    async with trial.site() as site:
        script = trial.run(site.url, one, two)
        visit = await joined(site, 0)
        key = await said(visit, one)
        await tell(visit, number, "bob", other)
        await script.expect_line(f"bob: {other}")
        await tell(visit, number, "bob", other)
        await visit.drop()
        visit = await joined(site, number)
        await heard(script, visit, number + 1, one, key)  # from the history
        await said(visit, one, key)  # it was under way already
        await tell(visit, number + 1, "alice", one, key)
        second = await said(visit, two)
        await heard(script, visit, number + 2, two, second)
        await script.expect_end()


@task.behaviour
async def its_own(trial: ScriptTrial) -> None:
    """That somebody else says the same is not that it was heard."""
    text, number = trial.word(), trial.number()
    async with trial.site() as site:
        script = trial.run(site.url, text)
        visit = await joined(site, 0)
        key = await said(visit, text)
        await tell(visit, number, "bob", text)
        await script.expect_line(f"bob: {text}")
        await visit.drop()
        visit = await joined(site, number)
        await said(visit, text, key)


@task.behaviour
async def is_patient(trial: ScriptTrial) -> None:
    """Refused, or closed by a server that restarts, it comes back, but not more than fifty times a second."""
    text = trial.word()
    async with trial.site() as site:
        site.refuse(502, 503)
        trial.run(site.url, text)
        visit = await joined(site, 0)
        key = await said(visit, text)
        await visit.close(1012)
        visit = await joined(site, 0)
        await said(visit, text, key)
        await visit.drop()
        await site.expect_patience()


@task.mistake
def a_new_key_each_time(evidence: Evidence) -> Said | None:
    """What is said again is said under another key."""
    error = str(evidence.error)
    if '"command": "send"' not in error or "in `key` it is" not in error:
        return None
    return Said(
        see="A text was said again under another key.",
        why="The message may have been kept just before the connection broke. The site knows it again by its key; "
        "under a new one it is a new message, and everybody reads it twice.",
        change="Make a key once for each text, before the first connection, and keep both until the text is heard.",
        place=next((call.place for call in evidence.source.calls("uuid4", "speaker.py")), None),
    )
