"""Small courses in a temporary folder, for tests of what reads and runs a course."""

import json
from pathlib import Path
from typing import Any

from channels_lab.course.course import Course

__all__ = ["OPEN", "code", "files", "hello", "prose", "save", "write"]

OPEN = '%load_ext channels_lab\nimport channels_lab\nlab = channels_lab.open_chapter("{number}")'

GREETING = """\
%%project_file hello.py
WORD = "{word}"


async def application(scope, receive, send):
    if scope["type"] == "http":
        await send({{"type": "http.response.start", "status": 200}})
        await send({{"type": "http.response.body", "body": WORD.encode()}})
        return
    while (event := await receive())["type"] != "websocket.disconnect":
        if event["type"] == "websocket.connect":
            await send({{"type": "websocket.accept"}})
        else:
            await send({{"type": "websocket.send", "text": WORD}})
"""


def hello(word: str = "hello") -> str:
    """A file cell with an ASGI application that answers `word`."""
    return GREETING.format(word=word)


def code(source: str, *tags: str, name: str = "") -> dict[str, Any]:
    """A code cell; `name` is its id."""
    cell = {"cell_type": "code", "metadata": {"tags": list(tags)}, "source": source, "outputs": []}
    return cell | {"execution_count": None} | ({"id": name} if name else {})


def prose(source: str) -> dict[str, Any]:
    """A cell of prose."""
    return {"cell_type": "markdown", "metadata": {}, "source": source}


def save(path: Path, cells: list[Any]) -> None:
    """Write a notebook of these cells; a mere string is a code cell."""
    cells = [code(cell) if isinstance(cell, str) else cell for cell in cells]
    for number, cell in enumerate(cells, start=1):
        cell.setdefault("id", f"{path.name[:2]}-{number}")
    kernel = {"name": "python3", "display_name": "Python 3 (ipykernel)", "language": "python"}
    about = {"kernelspec": kernel, "language_info": {"name": "python"}}
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(
        json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": about, "cells": cells}), encoding="utf-8"
    )


def write(root: Path, notebooks: dict[str, list[Any]], given: dict[str, str] | None = None) -> Course:
    """Write a course: notebooks by name (`"04_settings"`), given files by path (`"04/manage.py"`)."""
    (root / "notebooks" / "given").mkdir(parents=True)
    (root / "pyproject.toml").write_text("")
    for name, cells in notebooks.items():
        save(root / "notebooks" / f"{name}.ipynb", cells)
    for path, text in (given or {}).items():
        file = root / "notebooks" / "given" / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    return Course(root)


def files(folder: Path) -> dict[str, str]:
    """Path → text of every file in a folder."""
    return {
        path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8")
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }
