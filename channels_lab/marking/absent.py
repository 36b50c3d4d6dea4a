"""What stands in place of verdicts where nothing was handed in that could be judged."""

from channels_lab.course.course import Course
from channels_lab.course.exercise import exercises
from channels_lab.grading.task import find_task, is_known
from channels_lab.grading.verdict import Outcome, Verdict
from channels_lab.marking.entries import State
from channels_lab.marking.marks import Mark
from channels_lab.marking.submissions import Submission

__all__ = ["in_place_of_submission", "verdicts_without"]


def verdicts_without(mark: Mark) -> tuple[Verdict, ...]:
    """A verdict on each task of a mark, which says why there is none."""
    outcome, reason = Outcome.NOT_ATTEMPTED, "It was not handed in."
    if mark.entry.state is State.UNREADABLE:
        outcome, reason = Outcome.NOT_CHECKED, "What was handed in could not be read."
    # One of an instructor's own is not known where their folder is not named now.
    return tuple(
        Verdict(number, outcome, find_task(number).unjudged() if is_known(number) else (), reason)
        for number in (one.number for one in mark.tasks)
    )


def in_place_of_submission(mark: Mark, course: Course) -> Submission:
    """The notebook as it was given out, as a submission: for a gradebook, which has marks of submissions alone."""
    chapter = mark.entry.chapter
    given = next(one.notebook for one in exercises(course).values() if one.chapter == chapter)
    return Submission(mark.entry.student, chapter, given, "")
