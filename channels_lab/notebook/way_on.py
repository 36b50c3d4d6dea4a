"""What to do after a check."""

from channels_lab.course.course import Course
from channels_lab.course.exercise import exercises
from channels_lab.grading.board import Board
from channels_lab.grading.verdict import Outcome, Verdict

__all__ = ["next_task", "way_on"]


def way_on(course: Course, board: Board, verdict: Verdict) -> str:
    """A line on what to do next; what stands in backticks is code."""
    name = verdict.number
    if verdict.outcome is Outcome.PASSED:
        return next_task(course, board, name)
    if verdict.outcome is not Outcome.NOT_YET:
        return ""
    standing = board.standing(name)
    if standing.hints >= 3:
        return f'Mend the cell, run it, and check again. Stuck? `solution("{name}")` shows an answer.'
    return f'Mend the cell, run it, and check again. Stuck? `hint("{name}")` in a cell of your own helps.'


def next_task(course: Course, board: Board, after: str = "") -> str:
    """Which task to do next, and where it is."""
    known = exercises(course)
    following = known.get(board.next(known, after))
    if following is None:
        return "That was the last one: every task is done. `progress()` shows them all."
    where = "" if following.chapter == after[:2] else f", in exercises/{following.notebook.parent.name}"
    return f"Next: {following.number} · {following.title} ({following.difficulty}, {following.minutes} minutes){where}."
