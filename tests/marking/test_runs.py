"""Whole runs over a class, by the rows of the table of faults: ended midway, side by side, and the same again."""

import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from itertools import cycle
from pathlib import Path
from typing import Any

import pytest

from channels_lab.course.course import Course
from channels_lab.grading.tree import Checkpoints
from channels_lab.marking.batch import Batch
from channels_lab.marking.results import Result, Results
from channels_lab.marking.submissions import Submitted
from tests.conftest import ROOT
from tests.grading.answers import Written, models, written_answers
from tests.marking.classes import lay_checkpoints, submit

Answers = dict[str, dict[str, str]]
MODEL: Answers = {one.number: one.files for one in models() if one.number == "06.1"}
WRONG: Answers = {one.number: one.files for one in written_answers() if str(one) == "06.1/wrong_to_all"}


@pytest.fixture
def prepared(workspace: Path, checkpoints: Checkpoints, needs: Callable[[str], str]) -> Path:
    """A workspace whose checkpoints are made."""
    needs("bwrap")
    lay_checkpoints(checkpoints, workspace)
    return workspace


def run(course: Course, folder: Path, jobs: int) -> dict[str, Result]:
    """Judge all that was submitted, so many at once; a result for each student."""
    place = Path(tempfile.mkdtemp(dir=folder.parent))
    results = Results(place / "results.jsonl")
    Batch(Submitted(course, folder, place / "beside"), results, jobs=jobs).run()
    return results.by_key


def told(result: Result) -> list[tuple[Any, ...]]:
    """What a verdict says that is not by chance or by the clock."""
    return [
        (one.number, one.outcome, [(each.name, each.passed, each.points) for each in one.judged])
        for one in result.verdicts
    ]


def test_28_ended_midway_and_run_again(prepared: Path, course: Course, tmp_path: Path) -> None:
    """A run that is interrupted, and then killed, goes on where it was: the same marks, and nobody twice."""
    for number in range(5):
        submit(tmp_path / "submitted", f"s{number}", WRONG if number % 2 else MODEL)
    out = tmp_path / "out"
    words = [sys.executable, "-m", "channels_lab.cli", "grade", str(tmp_path / "submitted"), "--out", str(out)]

    def done() -> int:
        place = out / "results.jsonl"
        return place.read_bytes().count(b"\n") if place.exists() else 0

    for ending, said in ((signal.SIGINT, "Interrupted: "), (signal.SIGKILL, ""), (None, "judged already")):
        log = tmp_path / f"{ending}.log"
        with log.open("wb") as file:
            again = ["--resume"] if out.exists() else []
            before = done()
            grader = subprocess.Popen([*words, "--jobs", "1", *again], cwd=ROOT, stdout=file, stderr=file)
            if ending:
                deadline = time.monotonic() + 60
                while done() == before:
                    assert grader.poll() is None and time.monotonic() < deadline, log.read_text()
                    time.sleep(0.01)
                grader.send_signal(ending)
            code = grader.wait(60)
        assert said in log.read_text() or not ending, log.read_text()
        assert code == {signal.SIGINT: 1, signal.SIGKILL: -signal.SIGKILL}.get(ending, 0)
        assert done() < 5 or not ending
    results = Results(out / "results.jsonl").by_key
    assert done() == len(results) == 5
    assert [results[f"s{number}/06"].points for number in range(5)] == [4, 3, 4, 3, 4]


def test_30_the_same_submission_twenty_times(prepared: Path, course: Course, tmp_path: Path) -> None:
    """Twenty times the same comes to the same verdict, six at once as alone."""
    one, many = tmp_path / "one", tmp_path / "many"
    submit(one, "s", WRONG)
    for number in range(20):
        submit(many, f"s{number}", WRONG)
    (alone,) = run(course, one, 1).values()
    found = run(course, many, 6)
    assert len(found) == 20 and alone.points == 3
    assert all(told(result) == told(alone) for result in found.values())


@pytest.mark.slow
@pytest.mark.timeout(3600)
def test_29_three_hundred_submissions(prepared: Path, course: Course, tmp_path: Path) -> None:
    """Three hundred submissions, of all answers that there are, have the verdicts that each has where one is judged."""
    folder, apart = tmp_path / "submitted", tmp_path / "apart"
    chapters = sorted({one.number[:2] for one in models()})
    given: dict[str, dict[str, list[Written]]] = {}
    for answer in [*models(), *written_answers()]:
        given.setdefault(answer.number[:2], {}).setdefault(answer.number, []).append(answer)
    turns = {chapter: {task: cycle(each) for task, each in tasks.items()} for chapter, tasks in given.items()}
    handed_in: dict[str, dict[str, str]] = {}  # by submission, the name of the answer to each task
    known: set[str] = set()
    for number in range(300):
        chapter = chapters[number % len(chapters)]
        answers = {task: next(each) for task, each in turns[chapter].items()}
        names = {task: str(answer) for task, answer in answers.items()}
        handed_in[f"s{number}/{chapter}"] = names
        # One by one those are judged in which there is an answer for the first time.
        for place in (folder, apart) if not known.issuperset(names.values()) else (folder,):
            submit(place, f"s{number}", {task: answer.files for task, answer in answers.items()}, chapter)
        known.update(names.values())
    many, serial = run(course, folder, 16), run(course, apart, 1)
    assert len(many) == 300 and len(serial) < 150
    expected = {handed_in[key][one[0]]: one for key, result in serial.items() for one in told(result)}
    assert len(expected) == len(known)
    differ = [
        (key, one) for key, result in many.items() for one in told(result) if one != expected[handed_in[key][one[0]]]
    ]
    assert not differ
