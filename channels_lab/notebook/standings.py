"""`progress()`: the board of all tasks, as a table beside plain text."""

from html import escape

from channels_lab.course.course import Course
from channels_lab.course.exercise import Exercise, exercises
from channels_lab.explain.explanation import marked
from channels_lab.grading.board import Board, Standing
from channels_lab.notebook.graded import working_folder
from channels_lab.notebook.way_on import next_task

__all__ = ["Standings", "progress"]

_HEADINGS = ("task", "", "label", "state", "tries", "hints", "minutes")


class Standings:
    """How far a learner is, over all tasks; shows itself."""

    def __init__(self, tasks: dict[str, Exercise], board: Board, way_on: str) -> None:
        self.tasks = tasks
        self.standings = board.standings()
        self.way_on = way_on

    @property
    def summary(self) -> str:
        """How many tasks are done, of how many."""
        done = sum(self._of(number).done for number in self.tasks)
        return f"{done} of {len(self.tasks)} tasks done."

    def rows(self) -> list[tuple[str, ...]]:
        """A row for each task, as the headings say."""
        return [self._row(task, self._of(number)) for number, task in self.tasks.items()]

    def __repr__(self) -> str:
        rows = [_HEADINGS, *self.rows()]
        widths = [max(len(row[column]) for row in rows) for column in range(len(_HEADINGS))]
        lines = [
            "  ".join(f"{cell:<{width}}" for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows
        ]
        return "\n".join([self.summary, "", *lines, "", self.way_on.replace("`", "")])

    def _repr_html_(self) -> str:
        head = "".join(f'<th scope="col" style="text-align: left">{heading}</th>' for heading in _HEADINGS)
        body = "".join(
            "<tr>" + "".join(f'<td style="text-align: left">{escape(cell)}</td>' for cell in row) + "</tr>"
            for row in self.rows()
        )
        return (
            f"<p><strong>{escape(self.summary)}</strong> {marked(self.way_on)}</p>"
            f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
        )

    def _of(self, number: str) -> Standing:
        return self.standings.get(number, Standing())

    def _row(self, task: Exercise, standing: Standing) -> tuple[str, ...]:
        state = "✓ done" if standing.done else "· tried" if standing.tries else "· begun" if standing.looked else ""
        return (
            task.number,
            task.title,
            f"{task.difficulty}, {task.minutes} min",
            state + (" (solution seen)" if standing.solution else ""),
            str(standing.tries or ""),
            str(min(standing.hints, 3) or ""),
            str(standing.minutes or ""),
        )


def progress() -> Standings:
    """The board of all tasks: which are done, after how many tries, hints and minutes; and the next one."""
    course = Course.find()
    board = Board(working_folder(course))
    return Standings(exercises(course), board, next_task(course, board))
