"""What a notebook in `solutions/` repeats of its tasks' modules: headings and points, brought up to date."""

import re
from pathlib import Path

from channels_lab.authoring.skeleton import notebook_text
from channels_lab.course.course import read_notebook
from channels_lab.course.safekeeping import told, write
from channels_lab.errors import LabError
from channels_lab.grading.task import Task, find_task

__all__ = ["outdated", "update"]

_HEADING = re.compile(r"## (\d\d\.\d+) · .+\n\n\*\w+, \d+ minutes\*")
_CHECK = re.compile(r"check\(\"(\d\d\.\d+)\"\)\Z")


def outdated(path: Path) -> str:
    """The notebook's text as it should be, where that is another than it has; "" where it is right."""
    book = read_notebook(path)
    changed = False
    for cell in book["cells"]:
        if heading := _HEADING.match(cell["source"]):
            if task := _task(heading[1]):
                label = f"## {task.number} · {task.title}\n\n*{task.difficulty}, {task.minutes} minutes*"
                changed |= label != heading[0]
                cell["source"] = label + cell["source"][heading.end() :]
        elif check := _CHECK.match(cell["source"]):
            marks = cell["metadata"].get("nbgrader", {})
            if (task := _task(check[1])) and marks.get("points") != task.points:
                marks["points"], changed = task.points, True
    return notebook_text(book) if changed else ""


def update(path: Path) -> bool:
    """Bring a notebook's headings and points up to date; returns whether they were not."""
    text = outdated(path)
    if text:
        with told(path):
            write(path, text.encode())
    return bool(text)


def _task(number: str) -> Task | None:
    try:
        return find_task(number)
    except LabError:
        return None  # its module is not written yet
