"""nbgrader's own way: its commands, on our notebooks, give the marks that ours give."""

import csv
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from channels_lab.cli import app
from channels_lab.course.course import Course
from channels_lab.course.exercise import exercises
from channels_lab.grading.tree import Checkpoints
from channels_lab.grading.verdict import Outcome
from channels_lab.marking.results import Results
from channels_lab.running import warmstart
from tests.conftest import ROOT
from tests.marking.classes import hand_in, lay_checkpoints

NAMES = {one.chapter: one.notebook.stem for one in exercises(Course(ROOT)).values()}
OUTCOMES = {"right": Outcome.PASSED, "wrong": Outcome.NOT_YET, "broken": Outcome.NOT_YET}


def nbgrader(course: Path, *words: str) -> str:
    """Run a command of nbgrader's in a course; returns what it says."""
    command = [sys.executable, "-m", "nbgrader", *words]
    env = os.environ | {"CHANNELS_LAB_ROOT": str(ROOT)}
    ran = subprocess.run(command, cwd=course, env=env, capture_output=True, text=True, timeout=900)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    return ran.stdout + ran.stderr


def ours(course: Path, kinds: dict[str, dict[str, str]], *options: str) -> dict[str, dict[str, int]]:
    """Grade a course's submissions; returns student and chapter → task → points. Each answer comes to its outcome."""
    out = course / "grades"
    ran = CliRunner().invoke(app, ["grade", str(course / "submitted"), "--out", str(out), *options])
    assert ran.exit_code == 0, (ran.output, ran.exception)
    results = Results(out / "results.jsonl").by_key
    for key, result in results.items():
        given = kinds[key.partition("/")[0]]
        for verdict in result.verdicts:
            expected = OUTCOMES.get(given[verdict.number], Outcome.NOT_ATTEMPTED)
            assert verdict.outcome is expected, (key, given[verdict.number], verdict)
    return {key: {one.number: one.points for one in result.verdicts} for key, result in results.items()}


def theirs(course: Path, chapter: str) -> dict[str, dict[str, int]]:
    """The same as nbgrader's gradebook has it."""
    from nbgrader.api import Gradebook

    with Gradebook(f"sqlite:///{course / 'gradebook.db'}", "channels-lab") as gradebook:
        return {
            f"{one.student.id}/{chapter}": {
                grade.name.removesuffix("-check").replace("_", "."): int(grade.score)
                for grade in sorted(one.notebooks[0].grades, key=lambda grade: grade.name)
            }
            for one in gradebook.assignment_submissions(NAMES[chapter])
        }


def exported(course: Path) -> dict[str, float]:
    """Student → score, as nbgrader's own command tells it."""
    nbgrader(course, "export")
    with (course / "grades.csv").open() as file:
        return {row["student_id"]: float(row["score"]) for row in csv.DictReader(file)}


def dump(course: Path) -> list[str]:
    """All that a gradebook holds."""
    import sqlite3

    connection = sqlite3.connect(course / "gradebook.db")
    try:
        return list(connection.iterdump())
    finally:
        connection.close()


@pytest.fixture
def nbgrader_course(tmp_path: Path, workspace: Path, checkpoints: Checkpoints, needs: Callable) -> Iterator[Path]:
    """A teacher's folder: our configuration, and our sources."""
    needs("bwrap")
    lay_checkpoints(checkpoints, workspace)
    folder = tmp_path / "course"
    folder.mkdir()
    shutil.copy(ROOT / "nbgrader_config.py", folder)
    shutil.copytree(ROOT / "solutions", folder / "solutions", ignore=shutil.ignore_patterns(".*"))
    yield folder
    # Its keeper made checkpoints where there were none.
    if warmstart._current:
        warmstart._current.close()
        warmstart._current = None


def test_marks_in_the_gradebook(nbgrader_course: Path, workspace: Path) -> None:
    """Ours are in nbgrader's export; twice is once; and nbgrader's autograde then comes to the same, kind by kind."""
    kinds = {"ada": hand_in(nbgrader_course, "06", "ada", 0)}
    book = str(nbgrader_course / "gradebook.db")
    points = ours(nbgrader_course, kinds, "--gradebook", book)
    assert theirs(nbgrader_course, "06") == points
    before = dump(nbgrader_course)
    assert ours(nbgrader_course, kinds, "--gradebook", book, "--resume") == points
    assert dump(nbgrader_course) == before

    nbgrader(nbgrader_course, "autograde", NAMES["06"], "--force")
    assert theirs(nbgrader_course, "06") == points
    autograded = nbgrader_course / f"autograded/ada/{NAMES['06']}/{NAMES['06']}.ipynb"
    assert "All visible checks passed" in autograded.read_text()
    # A kernel of nbgrader's works neither in the teacher's workspace nor in another's: this has checkpoints alone.
    assert [path.name for path in workspace.iterdir()] == [".lab"]
    assert [path.name for path in (workspace / ".lab").iterdir()] == ["checkpoints"]


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.parametrize("chapter", NAMES)
def test_nbgraders_own_way(chapter: str, nbgrader_course: Path) -> None:
    """In each chapter one answer of each kind has the same points from nbgrader's commands as from ours."""
    name = NAMES[chapter]
    kinds = {student: hand_in(nbgrader_course, chapter, student, 2 * at) for at, student in enumerate(("ada", "bob"))}
    points = ours(nbgrader_course, kinds)
    nbgrader(nbgrader_course, "generate_assignment", name, "--create")
    released = f"exercises/{name}/{name}.ipynb"
    assert (nbgrader_course / released).read_bytes() == (ROOT / released).read_bytes()
    nbgrader(nbgrader_course, "autograde", name)
    assert theirs(nbgrader_course, chapter) == points
    assert exported(nbgrader_course) == {key[:3]: sum(one.values()) for key, one in points.items()}
    if chapter != "06":
        return
    nbgrader(nbgrader_course, "generate_feedback", name)
    told = (nbgrader_course / f"feedback/ada/{name}/{name}.html").read_text()
    assert "All visible checks passed" in told and "not attempted" in told
    validated = nbgrader(nbgrader_course, "validate", f"submitted/ada/{name}/{name}.ipynb")
    assert "VALIDATION FAILED" in validated and "not attempted yet" in validated
    assert "Success" in nbgrader(nbgrader_course, "validate", f"solutions/{name}/{name}.ipynb")
