"""nbgrader's own way: its commands, on our notebooks, give the marks that ours give."""

import csv
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from channels_lab.course.course import Course
from channels_lab.course.exercise import exercises, parse_task_cell
from channels_lab.grading.tree import Checkpoints
from channels_lab.grading.verdict import Outcome
from channels_lab.marking.batch import Batch
from channels_lab.marking.results import Results
from channels_lab.marking.submissions import Submitted
from channels_lab.running import warmstart
from tests.conftest import ROOT
from tests.grading.answers import models, written_answers
from tests.marking.classes import submit

# What may come of an answer; "missing": its cell was deleted.
KINDS = ("right", "wrong", "broken", "untouched", "missing")
CHAPTERS = sorted({one.chapter for one in exercises(Course(ROOT)).values()})
CHEAP = "06"


def nbgrader(course: Path, *words: str) -> str:
    """Run a command of nbgrader's in a course; returns what it says."""
    command = [sys.executable, "-m", "nbgrader", *words]
    env = os.environ | {"CHANNELS_LAB_ROOT": str(ROOT)}
    ran = subprocess.run(command, cwd=course, env=env, capture_output=True, text=True, timeout=900)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    return ran.stdout + ran.stderr


def answers(chapter: str, turn: int) -> dict[str, tuple[str, dict[str, str]]]:
    """A student's answers to a chapter: task → (kind, files); who has another turn has other kinds of answers."""
    given: dict[str, tuple[str, dict[str, str]]] = {}
    for at, model in enumerate(one for one in models() if one.number.startswith(chapter)):
        kind = KINDS[(at + int(chapter) + turn) % len(KINDS)]
        wrong = next(one for one in written_answers() if one.number == model.number and not one.right)
        files = {
            "right": model.files,
            "wrong": wrong.files,
            "broken": {path: "def (:\n" for path in model.files},
            "untouched": {},
            "missing": {},
        }
        given[model.number] = kind, files[kind]
    return given


def hand_in(course: Path, chapter: str, student: str, turn: int) -> dict[str, str]:
    """Lay a student's notebook into a course; returns the kind of each answer."""
    given = answers(chapter, turn)
    path = submit(course / "submitted", student, {number: files for number, (_, files) in given.items()}, chapter)
    notebook = json.loads(path.read_text())
    found = [(cell, parse_task_cell("".join(cell["source"]))) for cell in notebook["cells"]]
    notebook["cells"] = [cell for cell, task in found if not (task and given[task.task][0] == "missing")]
    path.write_text(json.dumps(notebook))
    return {number: kind for number, (kind, _) in given.items()}


@pytest.fixture
def nbgrader_course(tmp_path: Path, workspace: Path, checkpoints: Checkpoints, needs: Callable) -> Path:
    """A teacher's folder: our configuration, and our sources."""
    needs("bwrap")
    shutil.copytree(checkpoints.folder, workspace / ".lab" / "checkpoints", dirs_exist_ok=True)
    folder = tmp_path / "course"
    folder.mkdir()
    shutil.copy(ROOT / "nbgrader_config.py", folder)
    shutil.copytree(ROOT / "solutions", folder / "solutions", ignore=shutil.ignore_patterns(".*"))
    return folder


@pytest.mark.timeout(900)
@pytest.mark.parametrize(
    "chapter, students",
    [(CHEAP, ("ada",)), *(pytest.param(one, ("ada", "bob"), marks=pytest.mark.slow) for one in CHAPTERS)],
)
def test_the_same_marks(
    chapter: str, students: tuple[str, ...], course: Course, nbgrader_course: Path, workspace: Path, tmp_path: Path
) -> None:
    """One answer of each kind has the same points from nbgrader's autograde as from ours, and kernels leave nothing."""
    name = next(one.notebook.stem for one in exercises(course).values() if one.chapter == chapter)
    kinds = {student: hand_in(nbgrader_course, chapter, student, 2 * at) for at, student in enumerate(students)}

    submitted = Submitted(course, nbgrader_course / "submitted", tmp_path / "beside")
    results = Results(tmp_path / "results.jsonl")
    Batch(submitted, results).run()
    ours = {key: {one.number: one.points for one in result.verdicts} for key, result in results.by_key.items()}
    _as_they_should_be(kinds, results)

    nbgrader(nbgrader_course, "generate_assignment", name, "--create")
    assert (nbgrader_course / f"exercises/{name}/{name}.ipynb").read_bytes() == (
        ROOT / f"exercises/{name}/{name}.ipynb"
    ).read_bytes()
    nbgrader(nbgrader_course, "autograde", name)
    nbgrader(nbgrader_course, "export")
    with (nbgrader_course / "grades.csv").open() as file:
        theirs = {f"{row['student_id']}/{chapter}": float(row["score"]) for row in csv.DictReader(file)}
    assert _points(nbgrader_course, name) == ours
    assert theirs == {key: sum(points.values()) for key, points in ours.items()}
    # Neither the teacher's workspace nor another kernel's: that has checkpoints of the course alone.
    assert [path.name for path in workspace.rglob("*") if path.parent in (workspace, workspace / ".lab")] == [
        ".lab",
        "checkpoints",
    ]
    if chapter != CHEAP or len(students) == 1:
        return
    nbgrader(nbgrader_course, "generate_feedback", name)
    told = (nbgrader_course / f"feedback/ada/{name}/{name}.html").read_text()
    assert "All visible checks passed" in told and "not attempted" in told
    validated = nbgrader(nbgrader_course, "validate", f"submitted/ada/{name}/{name}.ipynb")
    assert "VALIDATION FAILED" in validated and "not attempted yet" in validated
    validated = nbgrader(nbgrader_course, "validate", f"solutions/{name}/{name}.ipynb")
    assert "Success" in validated


def _as_they_should_be(kinds: dict[str, dict[str, str]], results: Results) -> None:
    """Each kind of answer has come to its outcome: else nothing is compared."""
    for student, given in kinds.items():
        for verdict in next(one for key, one in results.by_key.items() if key.startswith(student)).verdicts:
            expected = {"right": Outcome.PASSED, "wrong": Outcome.NOT_YET, "broken": Outcome.NOT_YET}
            outcome = expected.get(given[verdict.number], Outcome.NOT_ATTEMPTED)
            assert verdict.outcome is outcome, (student, given[verdict.number], verdict)


def _points(course: Path, name: str) -> dict[str, dict[str, int]]:
    """Student and chapter → task → points, as nbgrader's gradebook has them."""
    from nbgrader.api import Gradebook

    with Gradebook(f"sqlite:///{course / 'gradebook.db'}", "channels-lab") as gradebook:
        return {
            f"{one.student.id}/{name[:2]}": {
                grade.name.removesuffix("-check").replace("_", "."): int(grade.score)
                for grade in sorted(one.notebooks[0].grades, key=lambda grade: grade.name)
            }
            for one in gradebook.assignment_submissions(name)
        }


@pytest.fixture(autouse=True)
def _no_keeper() -> None:
    """A keeper that made checkpoints where there were none goes with the test."""
    yield
    if warmstart._current:
        warmstart._current.close()
        warmstart._current = None
