"""What is entered into a gradebook of nbgrader's for a submission: deadline, points, comments.

Its rows are nbgrader's own (`SubmittedAssignment`, `Grade`, `Comment`); whoever calls this commits them.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from channels_lab.grading.verdict import Outcome, Verdict
from channels_lab.marking.marks import TaskMark

__all__ = ["enter_deadline", "enter_task"]

# How a comment begins that goes with an override of ours.
_CHANGED = "Mark changed: "


def enter_deadline(entered: Any, due: datetime | None, first: datetime | None) -> None:
    """Enter when it is due; whoever has a later deadline than the `first` of all has an extension, for nbgrader."""
    if not due or not first:
        return
    entered.assignment.duedate = first.astimezone(UTC).replace(tzinfo=None)
    entered.extension = due - first if due > first else None


def enter_task(grade: Any, comments: Sequence[Any], task: TaskMark, verdict: Verdict) -> None:
    """Enter a task's mark, and what is said of it below the first of its cells.

    What a person has entered by hand goes before it, as in nbgrader, and where ours changes they are asked again.
    """
    first, *others = comments
    first.auto_comment = _comment(verdict)
    for one in others:
        one.auto_comment = None
    before = grade.auto_score
    grade.auto_score = None if task.outcome == Outcome.NOT_CHECKED else float(task.automatic)
    by_hand = first.manual_comment or ""
    if was_ours := by_hand.startswith(_CHANGED):
        by_hand = by_hand.partition("\n\n")[2]
    if task.override:
        grade.manual_score = task.points
        reason = " ".join(task.override.reason.split())
        first.manual_comment = f"{_CHANGED}{reason}\n\n{by_hand}".rstrip()
    elif was_ours:
        grade.manual_score, first.manual_comment = None, by_hand or None  # it was taken back
    if task.override or grade.manual_score is None:
        grade.needs_manual_grade = grade.auto_score is None and not task.override
    elif before != grade.auto_score:
        grade.needs_manual_grade = True


def _comment(verdict: Verdict) -> str:
    """What nbgrader's pages say below an answer. They take it for Markdown: it is of words of ours alone."""
    if verdict.outcome is Outcome.NOT_CHECKED:
        return "It could not be checked: to be judged by hand."
    if verdict.outcome is Outcome.NOT_ATTEMPTED:
        return "Not attempted."
    points = f"{verdict.points} of {verdict.of} points"
    if verdict.outcome is Outcome.PASSED:
        return f"All visible checks passed: {points}."
    failed = next((one for one in verdict.judged if one.passed is False), None)
    first = f"What fails first: {failed.sentence}" if failed else "It does not start."
    return f"Not yet: {points}. {first} More is told below the check."
