"""What a run leaves for people: a page for each student as their result comes, and tables at the end."""

from collections.abc import Callable
from pathlib import Path

from channels_lab.course.course import Course
from channels_lab.grading.own_tasks import own_tasks
from channels_lab.grading.task import Task, tasks
from channels_lab.marking.entries import Entry
from channels_lab.marking.feedback import Feedback
from channels_lab.marking.grades import write_grades
from channels_lab.marking.marks import Mark, mark_of
from channels_lab.marking.overrides import Overrides
from channels_lab.marking.register import Register
from channels_lab.marking.results import Result
from channels_lab.marking.standing import Standing

__all__ = ["Report"]


class Report:
    """A class's marks, as they come. It holds marks, which are small, and no verdicts."""

    def __init__(self, out: Path, course: Course, register: Register, overrides: Overrides) -> None:
        self.register = register
        self.overrides = overrides
        self.standing = Standing()
        self.marks: dict[str, Mark] = {}
        self._out = out
        self._course = course
        self._entries = {one.key: one for one in register.entries}
        self._feedback = Feedback(out / "feedback", course)

    @property
    def keys(self) -> set[str]:
        """Of which submissions it tells."""
        return set(self._entries)

    def mark(self, entry: Entry, result: Result | None) -> Mark:
        """The mark of an entry, with its result where there is one."""
        return mark_of(entry, result.verdicts if result else (), self._tasks(entry.chapter), self.overrides)

    def add(self, result: Result, *, page: bool = True) -> None:
        """Take a result, and write its student's `page`; raises LabError when that is impossible."""
        mark = self.mark(self._entries[result.key], result)
        self.marks[result.key] = mark
        self.standing.add(mark, result.verdicts)
        if page:
            self._feedback.write(mark, result.verdicts)

    def page(self, student: str, chapter: str) -> Path:
        """Where a student's page of a chapter is."""
        return self._feedback.place(student, chapter)

    def finish(self, wanted: Callable[[Mark], bool] = lambda mark: True) -> list[Path]:
        """Write marks and standing of all, of whom nothing came too; returns where.

        Who has handed in nothing that can be read gets a page that says so, who nothing at all where a person has given
        a mark: if it is `wanted`.
        """
        for key, entry in self._entries.items():
            if key not in self.marks:
                mark = self.mark(entry, None)
                self.marks[key] = mark
                self.standing.add(mark)
                # A page that is there tells of points that were taken back.
                if (mark.worth_telling or self.page(entry.student, entry.chapter).is_file()) and wanted(mark):
                    self._feedback.write(mark, ())
        ordered = [self.marks[key] for key in sorted(self.marks)]
        written = write_grades(ordered, self.register.roster, self._out, self._course, self.page)
        return [*written, *self.standing.write(self._out), self._feedback.folder]

    def _tasks(self, chapter: str) -> list[Task]:
        own = {number: task for number, task in own_tasks().items() if number.startswith(f"{chapter}.")}
        return list((tasks(chapter) | own).values())
