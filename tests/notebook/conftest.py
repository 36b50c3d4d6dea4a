"""A small course that is open in this process, as it would be in a kernel; and an IPython shell."""

import atexit
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import CapturedIO, capture_output
from traitlets.config import Config

from channels_lab.course.course import Course
from channels_lab.notebook import cell as cells
from channels_lab.notebook import opening
from channels_lab.notebook.lab import Lab
from channels_lab.notebook.opening import open_chapter
from tests import small_course
from tests.small_course import OPEN, hello, prose


@pytest.fixture
def small(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Course:
    """A course of two chapters: one ASGI application, and nothing of Django."""
    course = small_course.write(
        tmp_path / "course",
        {
            "00_start": [
                prose("# 00"),
                OPEN.format(number="00"),
                hello(),
                'server = await lab.daphne("hello:application")',
                "%%project_file words.py --part one\nONE = 1\n",
                "import json\nfrom os import path as where, sep\nclients, people = [], {}\nnumber: int = 3",
                "with open(where.__file__) as source, open(where.__file__) as other:\n    pass",
            ],
            "01_next": [OPEN.format(number="01"), "%%project_file late.py\nLATE = 1\n"],
        },
    )
    monkeypatch.setenv("CHANNELS_LAB_ROOT", str(course.root))
    monkeypatch.setenv("CHANNELS_LAB_WORKSPACE", str(tmp_path / "work"))
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(opening, "_current", None)
    cells.begin(cells.Cell())
    return course


@pytest.fixture
async def lab(small: Course) -> Any:
    """Chapter 00, open; what it started is stopped afterwards."""
    opened = open_chapter("00")
    yield opened
    await opened.stop()


@dataclass
class Shell:
    """An IPython shell in this process."""

    ipython: InteractiveShell

    def run(self, source: str, cell_id: str | None = None) -> CapturedIO:
        """Run a cell, and return what it printed and displayed."""
        with capture_output() as captured:
            self.ipython.run_cell(source, cell_id=cell_id)
        return captured

    def shown(self, source: str, cell_id: str | None = None) -> str:
        """Run a cell, and return its output as plain text."""
        captured = self.run(source, cell_id)
        return captured.stdout + "\n".join(output.data.get("text/plain", "") for output in captured.outputs)

    def html(self, source: str) -> str:
        """Run a cell, and return its displays as HTML."""
        return "\n".join(output.data.get("text/html", "") for output in self.run(source).outputs)


@pytest.fixture
def shell(small: Course) -> Iterator[Shell]:
    """A shell with the extension loaded."""
    ipython = InteractiveShell.instance(
        config=Config({"HistoryManager": {"enabled": False}, "InteractiveShell": {"colors": "nocolor"}})
    )
    shell = Shell(ipython)
    shell.run("%load_ext channels_lab")
    yield shell
    shell.run("%unload_ext channels_lab")
    atexit.unregister(ipython.atexit_operations)
    ipython.atexit_operations()
    InteractiveShell.clear_instance()


@pytest.fixture
def opened(shell: Shell) -> Callable[[], Lab]:
    """Opens chapter 00 in the shell."""
    shell.run('import channels_lab\nlab = channels_lab.open_chapter("00")')
    return opening.current_lab
