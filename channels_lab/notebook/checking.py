"""`check("06.2")`: hand the answer to the checker, show the verdict, return the points."""

import contextlib
from typing import TYPE_CHECKING

from channels_lab.errors import LabError

# A kernel imports this with its first cell: what only a check needs is imported by the check.
if TYPE_CHECKING:
    from channels_lab.course.answer import Answer
    from channels_lab.grading.verdict import Verdict
    from channels_lab.notebook.open_task import OpenTask

__all__ = ["NotAttempted", "check", "warm_up"]

# Task → the files that were checked last, and did not pass.
_failed: dict[str, dict[str, str]] = {}


class NotAttempted(LabError):
    """A check of an answer that is as it was given: no fault, and nothing to judge."""


def check(number: object) -> int:
    """Check the answer to a task, as its cells were last run; shows the verdict, and returns the points.

    Raises NotAttempted where the cells are as they were given, and nothing else: what cannot be checked earns nothing.
    """
    from IPython.display import display

    from channels_lab.notebook.attendance import at_verdict
    from channels_lab.notebook.open_task import open_task
    from channels_lab.notebook.told import Told

    try:
        task = open_task(number)
    except LabError as error:
        display(Told("Could not check", f"{error.message} {error.fix}"))
        return 0
    verdict = _verdict(task)
    _show(task, verdict)
    at_verdict(verdict)
    return verdict.points


def warm_up() -> None:
    """Start the checker in the background, unless it is there."""
    from channels_lab.grading.checker import checker

    with contextlib.suppress(LabError):  # the check says so
        checker().start()


def _verdict(task: "OpenTask") -> "Verdict":
    from channels_lab.course.answer import MissingCell
    from channels_lab.grading.verdict import Outcome, Verdict

    name = task.exercise.number
    task.note(lambda board: board.look(name))
    try:
        answer = task.answer()
    except MissingCell as error:
        lines = " and ".join(cell.line for cell in task.exercise.cells)
        return Verdict(name, Outcome.NOT_CHECKED, reason=f"{error.message} Run the cell that begins with {lines}.")
    if answer is None or not answer.attempted:
        raise NotAttempted(
            f"{name} · {task.exercise.title}: not attempted yet.",
            "Write your answer into the cell above, run it, then this one. "
            + f'hint("{name}") in a cell of your own helps to begin.',
        )
    verdict = _judged(task, answer)
    if verdict.outcome in (Outcome.PASSED, Outcome.NOT_YET):
        passed = verdict.outcome is Outcome.PASSED
        task.note(lambda board: board.tried(name, verdict.points, passed=passed))
    return verdict


def _judged(task: "OpenTask", answer: "Answer") -> "Verdict":
    from dataclasses import replace

    from channels_lab.grading.checker import checker
    from channels_lab.grading.task import find_task, is_known
    from channels_lab.grading.verdict import Outcome, Verdict
    from channels_lab.notebook.steps import Steps

    if not is_known(answer.number):
        reason = f"{answer.number} is checked by your course, when you have handed it in: its checks are not here."
        return Verdict(answer.number, Outcome.NOT_CHECKED, reason=reason)
    try:
        sentences = [behaviour.told for behaviour in find_task(answer.number).behaviours]
        with Steps(f"Checking {answer.number}", sentences) as steps:
            verdict = checker().check(answer, on_step=steps)
    except LabError as error:
        return Verdict(answer.number, Outcome.NOT_CHECKED, reason=error.message, details=error.fix)
    if verdict.outcome is Outcome.NOT_YET:
        if _failed.get(answer.number) == answer.files:
            again = "This is the answer that was checked last. Where you have changed the cell, run it first."
            verdict = replace(verdict, notes=(*verdict.notes, again))
        _failed[answer.number] = answer.files
    return verdict


def _show(task: "OpenTask", verdict: "Verdict") -> None:
    from IPython.display import display

    from channels_lab.notebook.told import Told
    from channels_lab.notebook.verdict_view import VerdictView
    from channels_lab.notebook.way_on import way_on

    view = VerdictView(task.exercise, verdict)
    for shown in (view, view.picture, verdict.explanation):
        if shown:
            display(shown)
    if line := way_on(task.course, task.board, verdict):
        display(Told("", line))
