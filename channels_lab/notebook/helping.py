"""Help with a task: `hint("06.2")`, one of three at a time, and `solution("06.2")`."""

from IPython.display import display

from channels_lab.course.exercise import Exercise, read_exercises
from channels_lab.course.markers import model_text
from channels_lab.errors import LabError
from channels_lab.notebook.display import show_note
from channels_lab.notebook.open_task import OpenTask, open_task
from channels_lab.notebook.told import Listing, Told

__all__ = ["hint", "solution"]


def hint(number: object) -> None:
    """Show the next of three hints: a question, a direction, nearly the code. After the last one, that stays."""
    from channels_lab.grading.task import find_task

    task = open_task(number)
    name = task.exercise.number
    hints = find_task(name).hints
    given = min(task.board.standing(name).hints, len(hints) - 1)
    task.note(lambda board: board.hinted(name))
    last = given == len(hints) - 1
    way_on = f'`solution("{name}")` shows an answer, after a try.' if last else f'`hint("{name}")` tells more.'
    display(Told(f"Hint {given + 1} of {len(hints)}", hints[given], way_on))


def solution(number: object, *, insist: bool = False) -> None:
    """Show a model answer, after one's own was checked, or where `insist` is true.

    Raises LabError where the course's solutions are not here.
    """
    task = open_task(number)
    name = task.exercise.number
    source = _source(task)
    if not insist and not task.board.standing(name).tries:
        text = f'Write an answer and check it first; `hint("{name}")` helps on the way.'
        display(
            Told(f"Task {name} is not tried yet", text, f'`solution("{name}", insist=True)` shows it all the same.')
        )
        return
    task.note(lambda board: board.solved(name))
    for cell in source.cells:
        display(Listing(cell.line, model_text(cell.file.text).strip("\n")))
    show_note("One answer of several: yours may differ, and be as good.")


def _source(task: OpenTask) -> Exercise:
    folder = task.exercise.notebook.stem
    path = task.course.root / "solutions" / folder / f"{folder}.ipynb"
    if not path.is_file():
        raise LabError(
            f"The solutions of chapter {task.exercise.chapter} are not in this copy of the course.",
            "Whoever gave it to you may have left them out; in a clone,  git checkout -- solutions  brings them back.",
        )
    return read_exercises(path)[task.exercise.number]
