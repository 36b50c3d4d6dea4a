"""Exercise notebooks in a temporary folder: two tasks of a small chapter 06."""

from pathlib import Path
from typing import Any

from channels_lab.course.course import Course
from tests.small_course import code, prose, save

__all__ = ["BOOK", "PLACE", "STUB", "add", "answered", "book"]

PLACE = "06_chat/06_chat.ipynb"
STUB = "%%task_file 06.1 chat/consumers.py\n# YOUR CODE HERE\nraise NotImplementedError()"
ROOMS = "%%task_file 06.2 chat/rooms.py\nROOMS = []"
LAYER = "%%task_file 06.2 config/settings.py --part layer\nLAYER = None"


def graded(source: str, points: int) -> dict[str, Any]:
    """A check's cell, with its points."""
    cell = code(source)
    cell["metadata"]["nbgrader"] = {"points": points}
    return cell


def book(first: str = STUB, rooms: str = ROOMS, layer: str = LAYER) -> list[Any]:
    """The cells of the notebook, with these in place of the stubs."""
    return [
        prose("# Exercises 06 · Chat"),
        "%load_ext channels_lab\nfrom channels_lab import check, hint, progress, solution",
        prose("## 06.1 · Answer\n\n*easy, 10 minutes*\n\nAnswer at once."),
        prose("| sent | answered |\n| --- | --- |\n| ping | pong |"),
        first,
        graded('check("06.1")', 3),
        prose("## 06.2 · Two rooms\n\n*medium, 20 minutes*"),
        rooms,
        layer,
        graded('check("06.2")', 2),
    ]


BOOK = book()


def add(course: Course, cells: list[Any] | None = None, folder: str = "exercises") -> Path:
    """Write the notebook into a course; returns its path."""
    path = course.root / folder / PLACE
    save(path, cells or book())
    return path


def answered(tmp_path: Path, cells: list[Any]) -> Path:
    """Write a learner's notebook of these cells; returns its path."""
    path = tmp_path / "mine" / "06_chat.ipynb"
    save(path, cells)
    return path
