"""A task that is open in this kernel: what it asks, the learner's desk, the board."""

import contextlib
from collections.abc import Callable
from dataclasses import dataclass

from channels_lab.course.answer import Answer, answer_of
from channels_lab.course.course import Course
from channels_lab.course.desk import Desk
from channels_lab.course.exercise import FROM_DISK, Exercise, exercise
from channels_lab.course.replay import Replay
from channels_lab.errors import LabError
from channels_lab.grading.board import Board
from channels_lab.notebook.display import show_note
from channels_lab.notebook.graded import graded, working_folder

__all__ = ["OpenTask", "checkpoint_of", "open_task"]


@dataclass(frozen=True)
class OpenTask:
    """A task, and the learner's work on it."""

    course: Course
    exercise: Exercise
    desk: Desk
    _board: Board | None

    def answer(self) -> Answer | None:
        """The answer that the cells give as they were last run; None where none was run.

        Raises MissingCell where some were not.
        """
        cells = self.desk.cells
        if not cells:
            return None
        notes = [
            f"{cell.file.path} was edited in {self.desk.folder} since its cell was run. The cell is what is checked. "
            f"To take the file into the cell, add  {FROM_DISK}  to its first line and run it."
            for cell in self.desk.edited()
        ]
        return answer_of(self.exercise, cells, checkpoint_of(self.course, self.exercise), notes=notes)

    def prepare(self) -> None:
        """Let the checker start, and make the task's checkpoint ready, in the background."""
        from channels_lab.grading.checker import checker
        from channels_lab.grading.task import find_task

        with contextlib.suppress(LabError):  # the check says so
            checker().prepare(find_task(self.exercise.number).chapter)

    def note(self, happened: Callable[[Board], object]) -> None:
        """Note something on the board; where that cannot be written, that is said and hinders nothing."""
        if self._board is None:
            return
        try:
            happened(self._board)
        except LabError as error:
            show_note(f"The board of your progress was not written: {error.message}", warning=True)

    @property
    def board(self) -> Board:
        """The board; an empty one where nbgrader runs the notebook."""
        return self._board or Board(working_folder(self.course))


def open_task(number: object) -> OpenTask:
    """Open a task by its number; raises LabError, naming those that there are, for an unknown one."""
    course = Course.find()
    found = exercise(course, number)
    folder = working_folder(course)
    desk = Desk(folder, found, checkpoint_of(course, found))
    return OpenTask(course, found, desk, None if graded() else Board(folder))


def checkpoint_of(course: Course, found: Exercise) -> Callable[[], Replay]:
    """What replays the checkpoint of a task: its chapter's end, or what its module names."""

    def replay() -> Replay:
        from channels_lab.grading.task import find_task

        try:
            chapter = find_task(found.number).chapter
        except LabError:  # one whose checks are not given out
            chapter = found.chapter
        return course.after(course.chapter(chapter))

    return replay
