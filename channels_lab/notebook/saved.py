"""Checks of answers in saved notebooks, as a terminal makes them."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from channels_lab.course.answer import Answer, answer_in
from channels_lab.course.course import Course, read_notebook
from channels_lab.course.exercise import Exercise, exercise, exercises, parse_task_cell
from channels_lab.course.workspace import Workspace
from channels_lab.errors import LabError
from channels_lab.grading.board import Board
from channels_lab.grading.checker import Checker
from channels_lab.grading.verdict import Outcome, Verdict
from channels_lab.notebook.open_task import checkpoint_of
from channels_lab.notebook.verdict_view import VerdictView
from channels_lab.notebook.way_on import way_on

__all__ = ["Saved", "own_notebooks", "saved_answers"]


@dataclass(frozen=True)
class Saved:
    """A task, and the notebook that is saved with an answer to it."""

    course: Course
    exercise: Exercise
    notebook: Path

    @property
    def own(self) -> bool:
        """Whether the notebook is the learner's own."""
        return self.notebook.resolve().is_relative_to(self.course.workspace_folder)

    def answer(self) -> Answer:
        """The answer; raises LabError where the notebook has none."""
        return answer_in(self.exercise, self.notebook, checkpoint_of(self.course, self.exercise))

    def check(
        self, checker: Checker, on_step: Callable[[str, float], None] = lambda what, seconds: None
    ) -> VerdictView:
        """Check the answer; notes it on the board where the notebook is the learner's own.

        What to do next is a question of its own: `way_on`.
        """
        name = self.exercise.number
        board = Board(self.course.workspace_folder)
        try:
            answer = self.answer()
            if not answer.attempted:
                reason = f"Write your answer into {self.notebook.name}, save it, and check again."
                return VerdictView(self.exercise, Verdict(name, Outcome.NOT_ATTEMPTED, reason=reason))
            verdict = checker.check(answer, on_step=on_step)
        except LabError as error:
            details = "\n".join(part for part in (error.fix, error.details) if part)
            return VerdictView(self.exercise, Verdict(name, Outcome.NOT_CHECKED, reason=error.message, details=details))
        if self.own and verdict.outcome in (Outcome.PASSED, Outcome.NOT_YET):
            board.tried(name, verdict.points, passed=verdict.outcome is Outcome.PASSED)
        return VerdictView(self.exercise, verdict)

    def way_on(self, verdict: Verdict) -> str:
        """What to do next, where the notebook is the learner's own."""
        return way_on(self.course, Board(self.course.workspace_folder), verdict) if self.own else ""


def own_notebooks(course: Course) -> list[Path]:
    """The learner's own notebooks of exercises, copied where they are absent."""
    workspace = Workspace(course)
    workspace.prepare()
    names = dict.fromkeys(task.notebook.relative_to(course.root) for task in exercises(course).values())
    return [workspace.folder / name for name in names]


def saved_answers(course: Course, what: str) -> list[Saved]:
    """What `channels-lab check WHAT` checks: a task by its number, in the learner's own notebook, or all of a notebook.

    Raises LabError for an unknown task, for what is no notebook, and for one without tasks.
    """
    if not what.endswith(".ipynb"):
        found = exercise(course, what)
        (own,) = [path for path in own_notebooks(course) if path.name == found.notebook.name]
        return [Saved(course, found, own)]
    path = Path(what).resolve()
    if not path.is_file():
        raise LabError(
            f"There is no notebook {what}.", "Name one of exercises/, or a task by its number, such as 06.2."
        )
    chapters = set()
    for cell in read_notebook(path)["cells"]:
        try:
            if cell["cell_type"] == "code" and (task_cell := parse_task_cell(cell["source"])):
                chapters.add(task_cell.task[:2])
        except LabError:
            continue  # told where its task is checked
    # All of a chapter, so that one whose cells are gone is told.
    tasks = [task for task in exercises(course).values() if task.chapter in chapters]
    if not tasks:
        raise LabError(
            f"There are no tasks in {path.name}.", "A task's cell begins with  %%task_file 06.2 chat/consumers.py"
        )
    return [Saved(course, task, path) for task in tasks]
