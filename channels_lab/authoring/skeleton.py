"""The cells of an exercise notebook, as `channels-lab new-task` writes them."""

import json
import re
from collections.abc import Callable
from pathlib import PurePosixPath
from typing import Any

__all__ = ["notebook_head", "notebook_text", "task_skeleton"]

_KERNEL = {"name": "python3", "display_name": "Python 3 (ipykernel)", "language": "python"}

_TITLE = """\
# Exercises {chapter} · {title}

Each task begins from the site as [chapter {chapter}](../../notebooks/{name}.ipynb) leaves it, never from another
answer. Run your cell, then the check below it. Stuck? `hint("{chapter}.1")` helps, three times. After a try there is
`solution("{chapter}.1")`; `progress()` shows how far you are."""

_LOAD = """\
%load_ext channels_lab
from channels_lab import check, hint, progress, solution"""

_STATEMENT = """\
## {number} · {title}

*{difficulty}, {minutes} minutes*

{statement}"""


def notebook_head(chapter: str, name: str, title: str) -> dict[str, Any]:
    """A notebook of exercises without tasks: its title, and the cell that loads the lab."""
    return {
        "cells": [
            _prose(f"{chapter}-title", _TITLE.format(chapter=chapter, name=name, title=title)),
            _code(f"{chapter}-load", _LOAD, _nbgrader(f"{chapter}-load", locked=True)),
        ],
        "metadata": {"kernelspec": _KERNEL, "language_info": {"name": "python"}},
        "nbformat": 4,
        "nbformat_minor": 5,
    }


def task_skeleton(
    number: str, title: str, *, difficulty: str, minutes: int, points: int, statement: str, files: dict[str, str]
) -> list[dict[str, Any]]:
    """The cells of a task: its statement, a cell for each file (path → text with markers), its check."""
    head = number.replace(".", "-")
    told = _STATEMENT.format(number=number, title=title, difficulty=difficulty, minutes=minutes, statement=statement)
    cells = [_prose(f"{head}-task", told)]
    names = _names(list(files))
    for path, text in files.items():
        mark = _nbgrader(f"{number.replace('.', '_')}-{names[path]}", solution=True)
        cells.append(_code(f"{head}-{names[path]}", f"%%task_file {number} {path}\n{text.rstrip()}", mark))
    mark = _nbgrader(f"{number.replace('.', '_')}-check", grade=True, locked=True, points=points)
    return [*cells, _code(f"{head}-check", f'check("{number}")', mark)]


def notebook_text(notebook: dict[str, Any]) -> str:
    """A notebook as its file has it: the form in which nbformat and JupyterLab write."""
    cells = [{**cell, "source": "".join(cell["source"]).splitlines(keepends=True)} for cell in notebook["cells"]]
    return json.dumps({**notebook, "cells": cells}, indent=1, sort_keys=True, ensure_ascii=False) + "\n"


def _names(paths: list[str]) -> dict[str, str]:
    """A name for each file's cell: its file's, with as much of the path as tells it from the others."""
    ways: tuple[Callable[[PurePosixPath], str], ...] = (lambda path: path.stem, lambda path: path.name, str)
    for way in ways:
        names = {path: re.sub(r"[^a-z0-9]+", "-", way(PurePosixPath(path)).lower()).strip("-") for path in paths}
        if len(set(names.values())) == len(paths):
            break
    return names


def _prose(name: str, source: str) -> dict[str, Any]:
    return {"cell_type": "markdown", "id": name, "metadata": {}, "source": source}


def _code(name: str, source: str, nbgrader: dict[str, Any]) -> dict[str, Any]:
    return {
        "cell_type": "code",
        "execution_count": None,
        "id": name,
        "metadata": {"nbgrader": nbgrader},
        "outputs": [],
        "source": source,
    }


def _nbgrader(grade_id: str, **more: Any) -> dict[str, Any]:
    plain = {
        "grade": False,
        "grade_id": grade_id,
        "locked": False,
        "schema_version": 3,
        "solution": False,
        "task": False,
    }
    return plain | more
