"""An answer to a task: the files that its cells write, from a notebook or from the cells as last run."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from channels_lab.course.course import read_notebook
from channels_lab.course.exercise import TASK_MAGIC, Exercise, TaskCell, parse_task_cell
from channels_lab.course.markers import model_text
from channels_lab.course.replay import Replay
from channels_lab.errors import LabError

__all__ = ["Answer", "MissingCell", "answer_in", "answer_of", "model_of"]


class MissingCell(LabError):
    """A file of the answer has no cell."""


@dataclass(frozen=True)
class Answer:
    """What is judged: path → text of each file that the answer writes.

    `attempted` is False where every cell is as it was given; `notes` tell the learner what was odd.
    """

    number: str
    files: dict[str, str]
    attempted: bool
    notes: tuple[str, ...] = ()


def answer_of(
    exercise: Exercise,
    cells: Iterable[TaskCell],
    checkpoint: Callable[[], Replay] = Replay,
    *,
    where: str = "",
    notes: Sequence[str] = (),
) -> Answer:
    """Return the answer that these cells give; cells of other tasks are passed over.

    Where two cells write the same, the last one counts. `checkpoint` is asked where a cell writes a part of a file
    only. Raises MissingCell where a file has no cell.
    """
    said = list(notes)
    given = {cell.key: cell for cell in exercise.cells}
    last: dict[tuple[str, str], TaskCell] = {}
    for cell in cells:
        if cell.task != exercise.number:
            continue
        if cell.key not in given:
            said.append(f"{_place(cell)} is not part of the task and was passed over: {_name(cell)}.")
            continue
        if cell.key in last:
            said.append(
                f"{_name(cell)} is written by more than one cell; the last one counts ({_place(cell).lower()})."
            )
        last[cell.key] = cell
    for key, cell in given.items():
        if key not in last:
            raise MissingCell(
                f"{exercise.number}: the cell that writes {_name(cell)} is missing"
                + (f" in {where}." if where else "."),
                f"Copy the cell that begins with  {cell.line}  from exercises/{exercise.notebook.parent.name}/.",
            )
    attempted = any(_plain(cell.file.text) not in ("", _plain(given[key].file.text)) for key, cell in last.items())
    return Answer(exercise.number, _files(last.values(), checkpoint), attempted, tuple(dict.fromkeys(said)))


def answer_in(exercise: Exercise, path: Path, checkpoint: Callable[[], Replay] = Replay) -> Answer:
    """Return the answer in a notebook, wherever its cells stand; raises LabError where there is none.

    A faulty cell of the task is told in a note, and counts as missing.
    """
    found: list[TaskCell] = []
    notes: list[str] = []
    checked = 0
    for number, cell in enumerate(read_notebook(path)["cells"], start=1):
        source = cell["source"]
        if cell["cell_type"] != "code":
            if source.lstrip().startswith(f"{TASK_MAGIC} {exercise.number} "):
                notes.append(f"Cell {number} is no code cell any more: it was passed over.")
            continue
        try:
            task_cell = parse_task_cell(source, cell.get("id", ""), number)
        except LabError as error:
            if f"{TASK_MAGIC} {exercise.number}" in source.partition("\n")[0]:
                notes.append(f"Cell {number} was passed over: {error.message}")
            continue
        if task_cell and task_cell.task == exercise.number:
            found.append(task_cell)
            if checked:
                notes.append(f"Cell {number} stands below the check (cell {checked}): “Run All” checks before it runs.")
        elif f'check("{exercise.number}")' in source and not checked:
            checked = number
    try:
        return answer_of(exercise, found, checkpoint, where=path.name, notes=notes)
    except MissingCell as error:
        raise MissingCell(error.message, error.fix, "\n".join(notes)) from None


def model_of(exercise: Exercise, source: Exercise, checkpoint: Callable[[], Replay] = Replay) -> Answer:
    """Return the model answer: the cells of the task in `solutions/`, without their markers."""
    cells = [replace(cell, file=replace(cell.file, text=model_text(cell.file.text))) for cell in source.cells]
    return answer_of(exercise, cells, checkpoint, where=f"solutions/{source.notebook.name}")


def _files(cells: Iterable[TaskCell], checkpoint: Callable[[], Replay]) -> dict[str, str]:
    """Path → whole text; a part is put into the file that the checkpoint has."""
    cells = list(cells)
    replay = checkpoint() if any(cell.file.part for cell in cells) else Replay()
    replay.apply_all(cell.file for cell in cells)
    return {path: replay.files[path].text for path in dict.fromkeys(cell.file.path for cell in cells)}


def _plain(text: str) -> str:
    """A text without trailing blanks: what an editor may have changed by itself."""
    return "\n".join(line.rstrip() for line in text.rstrip().splitlines())


def _name(cell: TaskCell) -> str:
    return f"{cell.file.path} (part {cell.file.part})" if cell.file.part else cell.file.path


def _place(cell: TaskCell) -> str:
    return f"Cell {cell.file.number}" if cell.file.number else "A cell"
