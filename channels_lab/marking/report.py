"""What a run leaves for people: a page for each student as their result comes, and tables at the end."""

from collections.abc import Iterable
from pathlib import Path

from channels_lab.course.course import Course
from channels_lab.marking.entries import Entry
from channels_lab.marking.feedback import Feedback
from channels_lab.marking.marks import Mark, mark_of
from channels_lab.marking.overrides import Overrides
from channels_lab.marking.results import Result

__all__ = ["Report"]


class Report:
    """A class's marks, as they come. It holds marks, which are small, and no verdicts."""

    def __init__(self, out: Path, course: Course, entries: Iterable[Entry], overrides: Overrides) -> None:
        self.out = out
        self.entries = {one.key: one for one in entries}
        self.overrides = overrides
        self.marks: dict[str, Mark] = {}
        self._feedback = Feedback(out / "feedback", course)

    def add(self, result: Result) -> None:
        """Take a result, and write its student's page; raises LabError when that is impossible."""
        mark = mark_of(self.entries[result.key], result.verdicts, (), self.overrides)
        self.marks[result.key] = mark
        self._feedback.write(mark, result.verdicts)

    def page(self, student: str, chapter: str) -> Path:
        """Where a student's page of a chapter is."""
        return self._feedback.place(student, chapter)
