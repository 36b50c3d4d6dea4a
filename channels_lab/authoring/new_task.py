"""A new task's skeleton: its module, its cells in `solutions/`, its folder of answers."""

import re
from pathlib import Path

from channels_lab.authoring.skeleton import notebook_head, notebook_text, task_skeleton
from channels_lab.course.course import Chapter, Course, read_notebook
from channels_lab.course.exercise import task_number
from channels_lab.course.safekeeping import told, write
from channels_lab.errors import LabError

__all__ = ["new_task"]

_MODULE = '''\
"""{title}."""

from channels_lab.grading.task import Task
from channels_lab.grading.trial import Trial

__all__ = ["task"]

task = Task(
    difficulty="easy",
    minutes=10,
    files=({path!r},),
    hints=(
        "A question that leads on.",
        "A direction.",
        "Nearly the code.",
    ),
)


@task.behaviour
async def is_heard(trial: Trial) -> None:
    """The sentence that the learner reads."""
    room, word = trial.word(), trial.word()
    async with trial.connect(f"/ws/chat/{{room}}/", name="alice") as alice:
        await alice.send_json({{"message": word}})
        await alice.expect_json({{"message": word}})
'''
_STATEMENT = "What is to be done, for whom, and the behaviour expected: a table or a diagram."
_REGION = "\n\n### BEGIN SOLUTION\n### INSTEAD\n### END SOLUTION\n"
_CHANGE = "# instead of:\n        a line of the model answer\n# stands:\n        another one\n"
_WRONG = "# earns: words that only this mistake is answered with\n"


def new_task(course: Course, number: object, *, title: str, path: str) -> list[Path]:
    """Write the skeleton of a task on the project's file `path`; returns what was written.

    Raises LabError for a number that is taken, or a chapter that is not there.
    """
    task = task_number(number)
    chapter = course.chapter(task[:2])
    module = course.root / "channels_lab" / "grading" / "tasks" / f"t{task.replace('.', '_')}.py"
    notebook = course.root / "solutions" / chapter.name / f"{chapter.name}.ipynb"
    answers = course.root / "tests" / "answers" / chapter.number / task
    for place in (module, answers):
        if place.exists():
            raise LabError(f"Task {task} is there already: {place}.", "Take the next number.")
    book = (
        read_notebook(notebook) if notebook.exists() else notebook_head(chapter.number, chapter.name, _title(chapter))
    )
    text = course.after(chapter).texts().get(path, "")
    cells = task_skeleton(
        task,
        title,
        difficulty="easy",
        minutes=10,
        points=1,
        statement=_STATEMENT,
        files={path: text.rstrip() + _REGION},
    )
    ids = {cell.get("id") for cell in book["cells"]}
    if taken := ids & {cell["id"] for cell in cells}:
        raise LabError(f"{notebook.name} has a cell {sorted(taken)[0]} already.", "Take the next number.")
    later = [at for at, cell in enumerate(book["cells"]) if _order(cell["source"]) > int(task.partition(".")[2])]
    at = later[0] if later else len(book["cells"])
    book["cells"][at:at] = cells
    written = {
        module: _MODULE.format(title=title, path=path),
        notebook: notebook_text(book),
        answers / "right_other.py": _CHANGE,
        **{answers / f"wrong_{one}.py": _WRONG + _CHANGE for one in ("one", "two", "three")},
    }
    with told(course.root):
        for place, content in written.items():
            write(place, content.encode())
    return list(written)


def _title(chapter: Chapter) -> str:
    return chapter.cells[0]["source"].partition("\n")[0].partition("·")[2].strip() or chapter.name


def _order(source: str) -> int:
    match = re.match(r"## \d\d\.(\d+) ", source)
    return int(match[1]) if match else 0
