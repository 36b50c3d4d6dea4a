"""One is slow."""

import ast
import asyncio
import re
import time
from collections.abc import Coroutine, Iterable
from contextlib import AsyncExitStack
from typing import Any

from channels_lab.explain.book import Said
from channels_lab.explain.evidence import Evidence
from channels_lab.explain.place import Place
from channels_lab.grading.caller import Caller
from channels_lab.grading.task import Task
from channels_lab.grading.trial import PATIENCE, Trial
from channels_lab.grading.unmet import Unmet

__all__ = ["task"]

_CLIENTS = 50
_ASKED, _GAP, _LONG = 5.0, 8.0, 60.0  # seconds
_CONSUMERS = "chat/consumers.py"
_THREADS = "https://docs.python.org/3/library/asyncio-task.html#asyncio.to_thread"

task = Task(
    difficulty="hard",
    minutes=20,
    files=(_CONSUMERS,),
    hints=(
        "In which thread does `ask` wait, and who else needs that thread?",
        "Let another thread wait: one of asyncio's pool, not the one in which Django asks the database. Await its "
        "result.",
        "answer = await asyncio.to_thread(ask, question): the function and its argument, separately.",
    ),
    deadline=100,
)


@task.behaviour(deadline=40)
async def others_meanwhile(trial: Trial) -> None:
    """While Alice waits for the oracle, Bob is served; then she gets her answer."""
    question, answer, word = trial.word(), trial.text(), trial.word()
    async with (
        trial.connect(f"/ws/chat/{trial.room()}/", name="alice") as alice,
        trial.connect(f"/ws/chat/{trial.room()}/", name="bob") as bob,
        trial.outsider("oracle") as oracle,
    ):
        await alice.send_json({"message": f"/ask {question}"})
        asked = await oracle.asked(question, timeout=patient(trial, _ASKED))
        await bob.send_json({"message": word})
        heard = bob.expect_json({"id": int, "username": "guest", "message": word, "at": str}, timeout=_LONG)
        await served(trial, [heard])
        await asked.answer(answer)
        await alice.expect_json({"answer": answer}, timeout=patient(trial, _ASKED))


@task.behaviour(points=3, deadline=50)
async def fifty_meanwhile(trial: Trial) -> None:
    """While Alice waits, fifty others are served, and a page."""
    question, answer = trial.word(), trial.word()
    async with AsyncExitStack() as stack:
        names = [f"client {number}" for number in range(1, _CLIENTS + 1)]
        calls = [trial.connect(f"/ws/chat/{trial.room()}/", name=name, timeout=20) for name in names]
        crowd = await asyncio.gather(*(stack.enter_async_context(call) for call in calls))
        alice = await stack.enter_async_context(trial.connect(f"/ws/chat/{trial.room()}/", name="alice"))
        oracle = await stack.enter_async_context(trial.outsider("oracle"))
        await alice.send_json({"message": f"/ask {question}"})
        asked = await oracle.asked(question, timeout=patient(trial, _ASKED))
        await served(trial, [talk(caller, trial.word()) for caller in crowd])
        await trial.get(f"/chat/{trial.room()}/")
        await asked.answer(answer)
        await alice.expect_json({"answer": answer}, timeout=patient(trial, _ASKED))


def patient(trial: Trial, seconds: float) -> float:
    """So many seconds; fewer where a behaviour has failed already, and often nothing comes."""
    return seconds if trial.patience >= PATIENCE else trial.patience


async def talk(caller: Caller, word: str) -> None:
    """Say something, and hear it."""
    await caller.send_json({"message": word})
    await caller.expect_json({"message": word}, extra=True, timeout=_LONG)


async def served(trial: Trial, talks: Iterable[Coroutine[Any, Any, Any]]) -> None:
    """All of this comes to an end while alice waits.

    How fast does not matter: a machine may be busy. Somebody must get on at times; within `PATIENCE` seconds where the
    record shows that the answer's own line stops the event loop.
    """
    pending = {asyncio.create_task(one) for one in talks}
    count, since = len(pending), time.monotonic()
    try:
        while pending:
            done, pending = await asyncio.wait(pending, timeout=PATIENCE, return_when=asyncio.FIRST_COMPLETED)
            for one in done:
                one.result()
            waited = time.monotonic() - since
            if done:
                since = time.monotonic()
            elif waited > patient(trial, _GAP) or _stopped(trial, since):
                who = "bob" if count == 1 else f"each of {count}"
                left = "" if count == 1 else f"{len(pending)} were not, and "
                raise Unmet(f"{who} should have been served while alice waits; {left}for {waited:.0f} s nobody was.")
    finally:
        for one in pending:
            one.cancel()
        await asyncio.gather(*pending, return_exceptions=True)


def _stopped(trial: Trial, since: float) -> bool:
    """Whether a line of the answer has stopped the event loop since then."""
    return any(event.t >= since and event.details.get("frames") for event in trial.evidence().of("stalled"))


@task.behaviour
async def both_at_once(trial: Trial) -> None:
    """Two who ask wait side by side, and each gets the own answer."""
    questions, answers = trial.words(2), trial.words(2)
    async with (
        trial.connect(f"/ws/chat/{trial.room()}/", name="alice") as alice,
        trial.connect(f"/ws/chat/{trial.room()}/", name="carol") as carol,
        trial.outsider("oracle") as oracle,
    ):
        await alice.send_json({"message": f"/ask {questions[0]}"})
        first = await oracle.asked(questions[0], timeout=patient(trial, _ASKED))
        await carol.send_json({"message": f"/ask {questions[1]}"})
        second = await oracle.asked(questions[1], timeout=patient(trial, _ASKED))
        await second.answer(answers[1])
        await carol.expect_json({"answer": answers[1]}, timeout=patient(trial, _ASKED))
        await first.answer(answers[0])
        await alice.expect_json({"answer": answers[0]}, timeout=patient(trial, _ASKED))


@task.mistake(page=_THREADS)
def blocks_the_loop(evidence: Evidence) -> Said | None:
    """`ask` runs in the loop's thread, whatever is written around it."""
    text = evidence.source.files[_CONSUMERS]
    calls = evidence.source.calls("ask", _CONSUMERS)
    if not evidence.of("stalled"):
        return None
    change = "Let a thread of the pool wait: `answer = await asyncio.to_thread(ask, question)`."
    if re.search(r"(to_thread|sync_to_async)\(\s*ask\(", text):
        why = "The parentheses after `ask` call it here and now, in the event loop; only its answer is handed on."
        change = "Hand over the function and, separately, its argument: `await asyncio.to_thread(ask, question)`."
    elif _is_async(evidence, "ask"):
        why = "The word `async` makes no call in `ask` awaitable: it still waits in the loop's own thread."
        change = "Leave `ask` a plain `def`, and let a thread run it: `await asyncio.to_thread(ask, question)`."
    elif "create_task" in text or "ensure_future" in text:
        why = "A task is no thread: all tasks take turns in the loop's one, and this one never gives it away."
    else:
        why = "`ask` waits in the thread of the event loop, and that is the one thread that serves everybody."
    return Said(
        see="While alice waited for the oracle, the server did nothing else at all.",
        why=why,
        change=change,
        place=calls[0].place if calls else None,
    )


@task.mistake(page="https://docs.djangoproject.com/en/stable/topics/async/#asgiref.sync.sync_to_async")
def blocks_the_database(evidence: Evidence) -> Said | None:
    """`sync_to_async` takes the one thread in which Django's database calls run."""
    text = evidence.source.files[_CONSUMERS]
    if evidence.of("stalled") or "sync_to_async" not in text or re.search(r"thread_sensitive\s*=\s*False", text):
        return None
    return Said(
        see="The loop went on while alice waited, and whoever needed the database stood still.",
        why="`sync_to_async` and `database_sync_to_async` have one thread for the whole process, which minds the "
        "database's connections. `ask` waits in it, and `keep` queues behind.",
        change="Take a thread of the pool: `await asyncio.to_thread(ask, question)`; or say `thread_sensitive=False`.",
        place=_line(evidence, "sync_to_async"),
    )


@task.mistake(page=_THREADS)
def one_at_a_time(evidence: Evidence) -> Said | None:
    """A pool of one thread, or a lock: the second question waits for the first one's answer."""
    asking = [one for one in evidence.connections if any('"/ask ' in str(event) for event in one.received("websocket"))]
    if len(asking) < 2 or evidence.errors() or evidence.of("stalled"):
        return None
    return Said(
        see="Both had asked, and the oracle heard of one question only.",
        why="While that one waits for its answer, yours has no thread left for another: a pool of one, or a lock.",
        change="Take asyncio's own pool, which has more threads: `await asyncio.to_thread(ask, question)`.",
    )


def _is_async(evidence: Evidence, name: str) -> bool:
    tree = evidence.source.tree(_CONSUMERS)
    return any(isinstance(node, ast.AsyncFunctionDef) and node.name == name for node in tree.body) if tree else False


def _line(evidence: Evidence, word: str) -> Place | None:
    """The last line of the consumers with a word."""
    lines = evidence.source.files[_CONSUMERS].splitlines()
    found = [number for number, line in enumerate(lines, start=1) if word in line]
    return evidence.source.place(_CONSUMERS, found[-1]) if found else None
