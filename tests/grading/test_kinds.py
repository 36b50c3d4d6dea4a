"""Tasks of the kinds "client", "tests" and "worker": what is particular about each."""

import os
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest

from channels_lab.course.course import Course
from channels_lab.errors import LabError
from channels_lab.grading import tests_trial
from channels_lab.grading.judge import judge
from channels_lab.grading.script_trial import ScriptTrial
from channels_lab.grading.task import Mutant, Task
from channels_lab.grading.tests_trial import TestRun
from channels_lab.grading.tree import Checkpoints
from channels_lab.grading.trial import Trial
from channels_lab.grading.verdict import Outcome, Verdict
from channels_lab.running.process import Process
from channels_lab.running.warmstart import WarmStart

HINTS = ("?", "!", "…")
Places = tuple[Checkpoints, WarmStart]


@pytest.fixture
def places(checkpoints: Checkpoints, keeper: WarmStart) -> Places:
    """Where checkpoints and processes come from."""
    return checkpoints, keeper


async def seen(task: Task, text: str, places: Places) -> Verdict:
    """The verdict on an answer that is this one file."""
    checkpoints, keeper = places
    return await judge(task, {task.files[0]: text}, checkpoints=checkpoints, starter=keeper)


# Scripts

TALKER = """
import json, sys, threading
from contextlib import suppress
from websockets.exceptions import ConnectionClosedOK
from websockets.sync.client import connect

def talk():
    with suppress(ConnectionClosedOK), connect(sys.argv[1] + "/ws/", subprotocols=["one", "two"]) as socket:
        socket.send("hello")
        socket.send(b"\\1\\2")
        print(socket.recv())
        socket.send(json.dumps({"number": 1, "extra": 2}))
        for text in socket:
            print(text)
    print("over")

threading.Thread(target=talk).start()
"""


async def test_a_script_and_our_server(places: Places) -> None:
    """Our server plays its part in both directions, and what a script does otherwise is said in a sentence."""
    task = Task("easy", 5, ("talker.py",), HINTS, kind="client", checkpoint="03", number="03.9", title="A script")
    wishes = {
        "json": "your script should have sent `hi`; `hello` came instead.",
        "nothing": "your script should have sent nothing more; `hello` came.",
        "close": "your script should have closed its connection with 1000; within 0.1 s that did not happen: `hello`",
        "path": "your script should have connected to `/wss/`; it connected to `/ws/`.",
        "line": "your script should have printed `a`; it printed `b`.",
        "end": "your script should have ended; for 0.1 s it did not.",
        "status": "your script should have ended with status 3; it had ended with status 0, after `over`.",
        "again": "your script should have connected; it had ended with status 0, after `over`.",
    }

    @task.behaviour
    async def talks(trial: ScriptTrial) -> None:
        """It talks."""
        word, text = trial.word(), trial.text()
        async with trial.site() as site:
            script = trial.run(site.url)
            visit = await site.visit("/ws/")
            trial.expect(visit.headers["Sec-WebSocket-Protocol"] == "one, two", "it should offer both")
            await visit.expect_text("hello")
            await visit.expect_bytes(b"\1\2")
            await visit.send(word)
            await script.expect_line(word)
            await visit.expect_json({"number": int}, extra=True)
            await visit.expect_nothing()
            await visit.send(text)
            await script.expect_line(text)
            await visit.close()
            await script.expect_line("over")
            await script.expect_end()
            await site.expect_nobody(0.05)

    for what in wishes:

        async def differs(trial: ScriptTrial, what: str = what) -> None:
            """It does something else."""
            async with trial.site() as site:
                script = trial.run(site.url)
                visit = await site.visit("/wss/" if what == "path" else "")
                if what == "json":
                    await visit.expect_text("hi")
                elif what == "nothing":
                    await visit.expect_nothing()
                elif what == "close":
                    await visit.expect_close(1000, timeout=0.1)
                elif what == "line":
                    await visit.send("b")
                    await script.expect_line("a")
                elif what == "end":
                    await script.expect_end(timeout=0.1)
                else:
                    await visit.send("b")
                    await visit.close()
                    await script.process.wait_ended(5)
                    await (script.expect_end(3) if what == "status" else site.visit())

        differs.__name__ = what
        task.behaviour(differs)

    verdict = await seen(task, TALKER, places)
    said = {judged.name: judged.said for judged in verdict.judged}
    assert said.pop("talks") == ""
    assert {name: text for name, text in said.items() if wishes[name] not in text} == {}
    assert "your script" in verdict.text and "our server" in verdict.text


@pytest.mark.parametrize(
    "script, told",
    [
        ("while True: print('x' * 1000)", "should have connected; it has printed 32 MiB, and no more is kept."),
        ("import time; time.sleep(999)", "should have connected; for 0.5 s it did not"),
        ("raise SystemExit('bye')", "should have connected; it had ended with status 1, after `bye`."),
        ("import os; os._exit(0)", "should have connected; it had ended with status 0."),
        ("import nowhere", "after `ModuleNotFoundError: No module named 'nowhere'`."),
    ],
)
async def test_a_script_that_is_of_no_use(script: str, told: str, places: Places) -> None:
    """A script that hangs, floods, leaves or cannot be imported is told so, with its own lines."""
    task = Task("easy", 5, ("talker.py",), HINTS, kind="client", checkpoint="03", number="03.9", title="A script")

    @task.behaviour
    async def connects(trial: ScriptTrial) -> None:
        """It connects."""
        async with trial.site() as site:
            trial.run(site.url)
            await site.visit(timeout=5 if "print" in script else 0.5)

    verdict = await seen(task, script, places)
    assert verdict.outcome is Outcome.NOT_YET
    assert told in verdict.reason
    assert len(verdict.to_json()) < 20_000
    assert ("talker.py, line 1" in verdict.details) == ("nowhere" in script)


# Tests

LOOKS_ROUND = """
import json, os, sys
from pathlib import Path
from django.test import SimpleTestCase

class Tests(SimpleTestCase):
    def test_it(self):
        from chat.rooms import group_name
        here = Path("chat/rooms.py")
        times = {path.stat().st_mtime_ns for path in Path(".").rglob("*.py")}
        with open(os.environ["TMPDIR"] + "/seen", "a") as file:
            print(json.dumps([Path.cwd().name, sys.argv, here.stat().st_mtime_ns, len(times)]), file=file)
        self.assertTrue(group_name("x").startswith("chat."))
"""


def a_task_of_tests() -> Task:
    """A task whose mutant calls its groups otherwise."""
    files = ("chat/test_rooms.py",)
    task = Task("easy", 5, files, HINTS, kind="tests", checkpoint="06", number="06.9", title="Tests", deadline=60)
    task.sound("They pass.")
    task.mutant("They notice another name.", "chat/rooms.py", '"chat."', '"chut."', points=2)
    task.mutant("They notice a name that is always the same.", "chat/rooms.py", "room.encode()", 'b""')
    return task


async def test_the_projects_look_alike(places: Places) -> None:
    """Tests run on each project once; neither names nor arguments nor times tell which is the sound one."""
    seen_file = Path(os.environ["TMPDIR"]) / "seen"
    verdict = await seen(a_task_of_tests(), LOOKS_ROUND, places)
    rows = [line.strip("[]").split(", ") for line in seen_file.read_text().splitlines()]
    seen_file.unlink()
    assert [judged.passed for judged in verdict.judged] == [True, True, False]
    assert verdict.points == 3
    assert verdict.reason == (
        "Your tests should notice a name that is always the same; on the project that is broken so, your test passed."
    )
    assert len(rows) == 3 and len({row[0] for row in rows}) == 3
    assert len({tuple(row[1:]) for row in rows}) == 1


@pytest.mark.parametrize(
    "text, told",
    [
        ("", "no test was found"),
        ("import nowhere", "`test_rooms` did not pass"),
        (LOOKS_ROUND.replace("assertTrue", "assertFalse"), "`test_it` did not pass"),
        ("while True: pass", "they did not end within 1 s"),
        ("raise SystemExit(0)", "no test was found"),
    ],
)
async def test_tests_that_do_not_pass_on_the_sound_project(
    text: str, told: str, places: Places, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Tests that fail, hang or are none on the sound project earn nothing on the broken ones."""
    if "while" in text:
        monkeypatch.setattr(tests_trial, "_RUN_SECONDS", 1)
    verdict = await seen(a_task_of_tests(), text, places)
    (Path(os.environ["TMPDIR"]) / "seen").unlink(missing_ok=True)
    assert verdict.outcome is Outcome.NOT_YET and verdict.points == 0
    assert f"should have passed on the project as it is; {told}" in verdict.reason
    assert verdict.text == verdict.mermaid == ""


def test_a_mutant_that_fits_nowhere() -> None:
    """A mutant whose text is not in the file exactly once is an error of the task's."""
    assert Mutant("a.py", "", "x").apply({}) == {"a.py": "x"}
    for text in ("", "aa"):
        with pytest.raises(LabError, match=r"'a' stands in a.py \d times, not once"):
            Mutant("a.py", "a", "b").apply({"a.py": text})


# Workers


async def test_a_worker_comes_and_goes(course: Course, places: Places) -> None:
    """A behaviour starts workers, kills them and starts others; a task of this kind has a layer that all share."""
    task = Task("easy", 5, ("tasks/jobs.py",), HINTS, kind="worker", checkpoint="10", number="10.9", title="Workers")

    async def export(trial: Trial) -> None:
        async with trial.connect("/ws/tasks/", name="alice", user="alice") as alice:
            await alice.send_json({"command": "start", "kind": "export", "room": 1})
            await alice.wait_for_json({"task": {"state": "done"}})

    @task.behaviour
    async def one_after_another(trial: Trial) -> None:
        """One that is killed is replaced by another, and one without a channel of its own does nothing."""
        await trial.worker("background-tasks", name="one")
        await export(trial)
        await trial.kill("one")
        await trial.worker("other", name="two")
        async with trial.connect("/ws/tasks/", name="alice", user="alice") as alice:
            await alice.send_json({"command": "start", "kind": "export", "room": 1})
            await alice.wait_for_json({"task": {"state": "waiting"}})
            await alice.expect_nothing()
            await trial.worker("background-tasks", name="three")
            await alice.wait_for_json({"task": {"state": "done"}})
        await trial.stop("three")

    @task.behaviour
    async def none(trial: Trial) -> None:
        """Without one nothing is done."""
        await export(trial)

    text = course.after(course.chapter("10")).texts()["tasks/jobs.py"]
    verdict = await seen(task, text, places)
    assert [judged.passed for judged in verdict.judged] == [True, False], verdict.reason
    assert task.layer == "redis"


@pytest.mark.parametrize(
    ("log", "code", "finished", "failed"),
    [
        ("FAIL: test_one (tests)\nRan 1 test in 0.1s\n", 1, True, True),
        ("ERROR: test_one (tests)\nRan 1 test in 0.1s\n", 1, False, False),
        ("Found 1 test(s).\n", -9, True, False),
        ("Ran 1 test in 0.1s\nOK\n", 0, True, False),
    ],
    ids=["failed", "cut off", "killed", "passed"],
)
def test_what_counts_as_noticing(log: str, code: int, finished: bool, failed: bool) -> None:
    """Only a test that has run and failed notices a broken project; a run that was cut off does not."""
    process = cast(Process, SimpleNamespace(log=log, exit_code=code))
    assert TestRun(process, Path(), finished).failed is failed
