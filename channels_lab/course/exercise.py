"""Exercise notebooks, as text: their tasks, each with its statement, its cells and its check."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from channels_lab.course.course import Course, read_notebook
from channels_lab.course.filecell import FileCell, parse_header
from channels_lab.errors import LabError

__all__ = [
    "FROM_DISK",
    "TASK_MAGIC",
    "Exercise",
    "TaskCell",
    "exercise",
    "exercises",
    "parse_task_cell",
    "parse_task_header",
    "read_exercises",
    "task_cells",
    "task_number",
]

TASK_MAGIC = "%%task_file"
# In a cell's first line: take the text from the task's tree, where it was edited.
FROM_DISK = "--from-disk"
_NUMBER = re.compile(r"(\d{1,2})\.(\d{1,2})\Z")
_HEADING = re.compile(r"## (\d\d\.\d+) · (.+)\n\n\*(\w+), (\d+) minutes\*(?:\n+|\Z)")
_CHECK = re.compile(r"check\(\s*[\"'](\d\d\.\d+)[\"']\s*\)")


@dataclass(frozen=True)
class TaskCell:
    """A cell of an answer: the number of its task, and the file (or the part of one) that it writes."""

    task: str
    file: FileCell

    @property
    def key(self) -> tuple[str, str]:
        """What it writes: (path, part)."""
        return self.file.path, self.file.part

    @property
    def line(self) -> str:
        """The line with which such a cell begins."""
        part = f" --part {self.file.part}" if self.file.part else ""
        return f"{TASK_MAGIC} {self.task} {self.file.path}{part}"


@dataclass(frozen=True)
class Exercise:
    """A task as its notebook tells it; `cells` are its cells as they stand there, stubs where nobody has answered."""

    number: str
    title: str
    difficulty: str
    minutes: int
    statement: str
    cells: tuple[TaskCell, ...]
    points: int
    notebook: Path

    @property
    def chapter(self) -> str:
        """The number of its chapter, "06"."""
        return self.number[:2]


def task_number(text: object) -> str:
    """Return "06.2" for "6.2", "06.2" and the like; raises LabError for what is no task's number."""
    match = _NUMBER.match(str(text).strip())
    if not match:
        raise LabError(f"{text!r} is not the number of a task.", 'Write it like "06.2": the chapter, a dot, the task.')
    return f"{match[1]:0>2}.{int(match[2])}"


def parse_task_header(line: str) -> tuple[str, str, str]:
    """Return (task, path, part) of what follows `%%task_file`; raises LabError when it is malformed."""
    number, *words = [word for word in line.split() if word != FROM_DISK] or [""]
    if not number:
        raise LabError(f"{TASK_MAGIC} names no task.", f"Write it as  {TASK_MAGIC} 06.2 chat/consumers.py")
    task = task_number(number)
    return task, *parse_header(" ".join(words), f"{TASK_MAGIC} {task}")


def parse_task_cell(source: str, cell_id: str = "", number: int = 0) -> TaskCell | None:
    """Return the task's cell in a code cell's source, or None when it is another one."""
    header, _, body = source.lstrip().partition("\n")
    if header.split(maxsplit=1)[:1] != [TASK_MAGIC]:
        return None
    task, path, part = parse_task_header(header[len(TASK_MAGIC) :])
    return TaskCell(
        task, FileCell(path, part, body if body.endswith("\n") or not body else body + "\n", cell_id, number)
    )


def task_cells(cells: list[dict[str, Any]]) -> Iterator[TaskCell]:
    """The tasks' cells among a notebook's, in order; raises LabError, with the cell's number, for a faulty one."""
    for number, cell in enumerate(cells, start=1):
        if cell["cell_type"] != "code":
            continue
        try:
            if found := parse_task_cell(cell["source"], cell.get("id", ""), number):
                yield found
        except LabError as error:
            raise LabError(f"cell {number}: {error.message}", error.fix) from None


def read_exercises(path: Path) -> dict[str, Exercise]:
    """Number → task of a notebook of exercises, in order.

    Raises LabError where it is no notebook, or a task lacks its cells, its check, or the label below its heading.
    """
    found: dict[str, Exercise] = {}
    cells = read_notebook(path)["cells"]
    own = list(task_cells(cells))
    for at, cell in enumerate(cells):
        match = _HEADING.match(cell["source"]) if cell["cell_type"] == "markdown" else None
        if not match:
            if cell["cell_type"] == "markdown" and cell["source"].startswith("## "):
                heading = cell["source"].partition("\n")[0]
                raise LabError(
                    f"{path.name}: the heading {heading!r} is no task's.",
                    "Write it as  ## 06.2 · Its title  with the line  *easy, 10 minutes*  below.",
                )
            continue
        number = match[1]
        if number in found:
            raise LabError(f"{path.name}: task {number} is there twice.", "Give each task a number of its own.")
        mine = tuple(one for one in own if one.task == number)
        checks = [one for one in cells if one["cell_type"] == "code" and _CHECK.findall(one["source"]) == [number]]
        if not mine or len(checks) != 1:
            what = f"no cell {TASK_MAGIC} {number}" if not mine else f'{len(checks)} cells with check("{number}")'
            raise LabError(f"{path.name}: task {number} has {what}.", "Each task has its cells and one check.")
        points = int(checks[0]["metadata"].get("nbgrader", {}).get("points", 0))
        prose = "\n\n".join([cell["source"][match.end() :].strip(), *_following_prose(cells[at + 1 :])]).strip()
        found[number] = Exercise(number, match[2].strip(), match[3], int(match[4]), prose, mine, points, path)
    return found


def exercises(course: Course) -> dict[str, Exercise]:
    """Number → task of the whole course, in order, as `exercises/` has them."""
    found: dict[str, Exercise] = {}
    for path in sorted((course.root / "exercises").glob("[0-9][0-9]_*/[0-9][0-9]_*.ipynb")):
        found |= read_exercises(path)
    return found


def exercise(course: Course, number: object) -> Exercise:
    """Return one task of the course; raises LabError, naming those that there are, for an unknown one."""
    wanted = task_number(number)
    for path in sorted((course.root / "exercises").glob(f"{wanted[:2]}_*/{wanted[:2]}_*.ipynb")):
        if found := read_exercises(path).get(wanted):
            return found
    known = list(exercises(course))
    near = [one for one in known if one[:2] == wanted[:2]]
    chapters = ", ".join(dict.fromkeys(one[:2] for one in known))
    fix = f"Chapter {wanted[:2]} has {', '.join(near)}." if near else f"There are tasks in the chapters {chapters}."
    raise LabError(f"There is no task {wanted}.", fix if known else "Get them with  git checkout -- exercises")


def _following_prose(cells: list[dict[str, Any]]) -> Iterator[str]:
    for cell in cells:
        if cell["cell_type"] != "markdown" or cell["source"].startswith("## "):
            return
        yield cell["source"].strip()
