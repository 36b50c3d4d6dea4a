"""Tasks: finding them by number, and what one must have."""

from pathlib import Path

import pytest

from channels_lab.course.answer import Answer
from channels_lab.course.course import Course
from channels_lab.course.exercise import exercises
from channels_lab.errors import LabError
from channels_lab.grading import judge as judging
from channels_lab.grading.task import Task, find_task, tasks
from channels_lab.grading.verdict import Judged, Outcome, Verdict
from channels_lab.running.warmstart import WarmStart

HINTS = ("?", "!", "…")


def test_a_number_in_any_form() -> None:
    """A task is found by its number, with or without a zero, and has number and title from its module."""
    assert find_task("06.2") is find_task(" 6.2 ") is tasks()["06.2"]
    assert (find_task("06.2").number, find_task("06.2").title) == ("06.2", "Say who comes")
    assert find_task("06.2").chapter == "06"


@pytest.mark.parametrize("number", ["06.99", "6", "chat", "", "99.1"])
def test_an_unknown_number(number: str) -> None:
    """For a number that is none, an error names those that are near, or says how one looks."""
    with pytest.raises(LabError, match="There is no task") as caught:
        find_task(number)
    assert ("06.1 or 06.2" in caught.value.fix) == number.startswith(("06", "6"))


def test_tasks_and_exercises_agree(course: Course) -> None:
    """Each task has its place in a notebook of exercises, with its title, label, files and points."""
    found = exercises(course)
    assert list(found) == list(tasks())
    for number, task in tasks().items():
        exercise = found[number]
        told = (exercise.title, exercise.difficulty, exercise.minutes, exercise.points)
        assert told == (task.title, task.difficulty, task.minutes, task.points)
        assert {cell.file.path for cell in exercise.cells} <= set(task.files)


def test_what_a_task_must_have() -> None:
    """A task without a file, or with fewer than three hints, and a behaviour without a sentence, are refused."""
    with pytest.raises(ValueError, match="three hints"):
        Task("easy", 5, ("a.py",), ("?",))  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="a file that may be changed"):
        Task("easy", 5, (), HINTS)
    task = Task("easy", 5, ("a.py",), HINTS)

    async def nameless(trial: object) -> None: ...

    with pytest.raises(ValueError, match="nameless needs a sentence"):
        task.behaviour(nameless)


def test_a_verdict_as_json() -> None:
    """A verdict goes through JSON unchanged; anything else is refused."""
    judged = (Judged("a", "It is.", True, 2, 2), Judged("b", "It was.", None, 0, 3))
    verdict = Verdict("06.1", Outcome.NOT_YET, judged, "…\ud800", notes=("a", "b"), seconds=1.5)
    assert Verdict.from_json(verdict.to_json()) == verdict
    assert (verdict.points, verdict.of) == (2, 5)
    for line in ("", "[]", "{}", '{"outcome": "passed"}'):
        with pytest.raises(ValueError):
            Verdict.from_json(line)


async def test_a_place_that_cannot_be_written(course: Course, keeper: WarmStart, tmp_path: Path) -> None:
    """Where no checkpoint can be kept, the answer could not be checked, and it is said why."""
    (tmp_path / "file").write_text("")
    checkpoints = judging.Checkpoints(course, tmp_path / "file" / "below")
    files = Answer("06.1", {"chat/consumers.py": ""}, True).files
    verdict = await judging.judge(find_task("06.1"), files, checkpoints=checkpoints, starter=keeper)
    assert verdict.outcome is Outcome.NOT_CHECKED
    assert "cannot be written" in verdict.reason
