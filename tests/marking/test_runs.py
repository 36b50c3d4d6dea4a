"""Whole runs over a class, by the rows of the table of faults: ended midway, side by side, and the same again."""

import shutil
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
from tests.grading.answers import models, written_answers
from tests.marking.classes import submit

Answers = dict[str, dict[str, str]]
MODEL: Answers = {one.number: one.files for one in models() if one.number == "06.1"}
WRONG: Answers = {one.number: one.files for one in written_answers() if str(one) == "06.1/wrong_to_all"}


@pytest.fixture
def prepared(workspace: Path, checkpoints: Checkpoints, needs: Callable[[str], str]) -> Path:
    """A workspace whose checkpoints are made."""
    needs("bwrap")
    shutil.copytree(checkpoints.folder, workspace / ".lab" / "checkpoints", dirs_exist_ok=True)
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
    """Three hundred submissions, of all answers that there are, have the same verdicts six at once as one by one."""
    folder = tmp_path / "submitted"
    chapters = sorted({one.number[:2] for one in models()})
    given: dict[str, dict[str, Any]] = {}
    for answer in [*models(), *written_answers()]:
        given.setdefault(answer.number[:2], {}).setdefault(answer.number, []).append(answer.files)
    turns = {chapter: {number: cycle(files) for number, files in numbers.items()} for chapter, numbers in given.items()}
    for number in range(300):
        chapter = chapters[number % len(chapters)]
        submit(folder, f"s{number}", {task: next(files) for task, files in turns[chapter].items()}, chapter)
    side_by_side, serial = run(course, folder, 6), run(course, folder, 1)
    assert len(side_by_side) == len(serial) == 300
    differ = [key for key in serial if told(serial[key]) != told(side_by_side[key])]
    assert not differ
