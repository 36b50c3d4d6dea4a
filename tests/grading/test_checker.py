"""The checker's process and its handle: verdicts, deadlines, its death, and what it leaves."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from channels_lab.course.answer import Answer
from channels_lab.course.course import Course
from channels_lab.errors import LabError
from channels_lab.grading.checker import Checker
from channels_lab.grading.verdict import Outcome, Verdict
from tests.leaks import wait_until_gone
from tests.patience import within

from .answers import FOLDER

MODEL = (FOLDER / "06/06.1/right_value_first.py").read_text()
# Never ready: the check lasts as long as it may.
HANGS = "while True:\n    pass\n"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace for all checkers of this module: checkpoints are prepared once."""
    return tmp_path_factory.mktemp("workspace")


@pytest.fixture
def checker(course: Course, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Checker]:
    """A checker, closed after the test."""
    monkeypatch.setenv("CHANNELS_LAB_WORKSPACE", str(folder))
    made = Checker(course)
    yield made
    made.close()


def answer(text: str, *, attempted: bool = True, notes: tuple[str, ...] = ()) -> Answer:
    """An answer to task 06.1."""
    return Answer("06.1", {"chat/consumers.py": text}, attempted, notes)


def test_verdicts_one_after_another(checker: Checker) -> None:
    """A checker judges answer after answer in one process, tells its steps, and hands on the answer's notes."""
    steps: list[str] = []
    first = checker.check(answer(MODEL, notes=("A note.",)), on_step=lambda sentence, seconds: steps.append(sentence))
    pid = checker.pid
    second = checker.check(answer(MODEL.replace('{"pong": number}', '{"pong": 0}')))
    assert (first.outcome, first.points, first.of, first.notes) == (Outcome.PASSED, 4, 4, ("A note.",))
    assert second.outcome is Outcome.NOT_YET and "in `pong` it is `0`" in second.reason
    assert second.text and second.mermaid.startswith("sequenceDiagram")
    assert checker.pid == pid
    assert "Who sends a ping gets a pong with the same number." in steps
    assert Verdict.from_json(second.to_json()) == second


def test_what_was_not_attempted(checker: Checker) -> None:
    """An answer that nobody has touched is not attempted, and no process is started for it."""
    verdict = checker.check(answer("", attempted=False))
    assert (verdict.outcome, verdict.points, verdict.of) == (Outcome.NOT_ATTEMPTED, 0, 4)
    assert checker.pid == 0


def test_an_unknown_task(checker: Checker) -> None:
    """A task that is not there is told with those that are near."""
    with pytest.raises(LabError, match=r"There is no task '06.99'") as caught:
        checker.check(Answer("06.99", {}, True))
    assert "06.1" in caught.value.fix


def test_a_checker_that_dies_is_started_again(checker: Checker) -> None:
    """A checker that was killed between two checks, or in one, is started again, and says so."""
    assert checker.check(answer(MODEL)).outcome is Outcome.PASSED
    os.kill(checker.pid, signal.SIGKILL)
    assert checker.check(answer(MODEL)).outcome is Outcome.PASSED
    pid = checker.pid

    def kill(sentence: str, seconds: float) -> None:
        if sentence != "Starting the checker" and checker.pid == pid:
            os.kill(pid, signal.SIGKILL)

    verdict = checker.check(answer(MODEL), on_step=kill)
    assert verdict.outcome is Outcome.PASSED
    assert verdict.notes == ("The checker had ended and was started again.",)


def test_a_checker_that_dies_each_time(checker: Checker) -> None:
    """A checker that dies in the second try, too, ends in "could not check"."""
    verdict = checker.check(answer(MODEL), on_step=lambda sentence, seconds: os.kill(checker.pid, signal.SIGKILL))
    assert verdict.outcome is Outcome.NOT_CHECKED
    assert verdict.reason.startswith("The checker ended twice.")


def test_a_deadline(checker: Checker) -> None:
    """A check that takes longer than it may ends in "could not check", and the next one is judged."""
    checker.check(answer(MODEL))
    verdict = checker.check(answer(HANGS), timeout=1)
    assert verdict.outcome is Outcome.NOT_CHECKED
    assert "No verdict came within 1 s" in verdict.reason
    assert checker.check(answer(MODEL)).outcome is Outcome.PASSED


def test_an_interrupt(checker: Checker) -> None:
    """An interrupt ends the check at once, and the next one is judged."""
    checker.check(answer(MODEL))

    def interrupt(sentence: str, seconds: float) -> None:
        if seconds > 0.5:
            raise KeyboardInterrupt

    began = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        checker.check(answer(HANGS), on_step=interrupt)
    assert time.monotonic() - began < within(3)
    assert checker.check(answer(MODEL)).outcome is Outcome.PASSED


def test_two_at_once(checker: Checker, course: Course) -> None:
    """Two checkers, as of two notebooks, judge at the same time, and neither disturbs the other."""
    other, verdicts = Checker(course), []
    wrong = MODEL.replace('{"pong": number}', '{"pong": 0}')
    answers = [(checker, MODEL, Outcome.PASSED), (other, wrong, Outcome.NOT_YET)]

    def check(which: Checker, text: str, wanted: Outcome) -> None:
        verdicts.extend(which.check(answer(text)).outcome is wanted for _ in range(3))

    threads = [threading.Thread(target=check, args=one) for one in answers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    other.close()
    assert verdicts == [True] * 6


def test_it_leaves_nothing(checker: Checker) -> None:
    """When a checker is closed in the middle of its life, its servers, its keeper and their folder are gone."""
    checker.check(answer(MODEL))
    family = [psutil.Process(checker.pid), *psutil.Process(checker.pid).children(recursive=True)]
    checker.close()
    assert wait_until_gone(family, 5) == []


def test_a_kernel_that_is_killed(course: Course, folder: Path) -> None:
    """When the kernel is killed in the middle of a check, the checker, its keeper and the servers leave."""
    source = f"""
from pathlib import Path
from channels_lab.course.answer import Answer
from channels_lab.course.course import Course
from channels_lab.grading.checker import Checker
checker = Checker(Course(Path({str(course.root)!r})))
files = {{"chat/consumers.py": {HANGS!r}}}
checker.check(Answer("06.1", files, True), on_step=lambda *step: print(checker.pid, *step, flush=True))
"""
    environment = os.environ | {"CHANNELS_LAB_WORKSPACE": str(folder)}
    with subprocess.Popen([sys.executable, "-c", source], stdout=subprocess.PIPE, text=True, env=environment) as kernel:
        assert kernel.stdout
        line = next(line for line in kernel.stdout if "Starting your project" in line)
        pid = int(line.partition(" ")[0])
        family = [psutil.Process(pid), *psutil.Process(pid).children(recursive=True)]
        kernel.kill()
    assert wait_until_gone(family, 10) == []


def test_prepared_ahead(checker: Checker, folder: Path) -> None:
    """A chapter that is prepared ahead is there when its first answer is checked."""
    checker.prepare("07")
    assert checker.check(answer(MODEL)).outcome is Outcome.PASSED
    deadline = time.monotonic() + 20
    while not list((folder / ".lab" / "checkpoints").glob("07-*/prepared.json")) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert list((folder / ".lab" / "checkpoints").glob("07-*/prepared.json"))
