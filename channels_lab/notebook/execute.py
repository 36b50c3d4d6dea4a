"""Running chapters headlessly, from a clean workspace, as "Run All" would."""

import os
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError
from traitlets.config import Config

from channels_lab.course.course import Chapter, Course, read_notebook

__all__ = ["Outcome", "clean_workspace", "execute", "headless"]


@dataclass(frozen=True)
class Outcome:
    """How one chapter went: cells run, seconds, and "" or the cell and error that ended it; the notebook run."""

    chapter: Chapter
    cells: int
    seconds: float
    error: str
    notebook: Any


@contextmanager
def clean_workspace(course: Course) -> Iterator[Path]:
    """A workspace of its own, for the processes started meanwhile; gone afterwards."""
    names = ("CHANNELS_LAB_WORKSPACE", "CHANNELS_LAB_ROOT")
    before = {name: os.environ.get(name) for name in names}
    with tempfile.TemporaryDirectory(prefix="channels-lab-run-") as folder:
        os.environ.update({"CHANNELS_LAB_WORKSPACE": folder, "CHANNELS_LAB_ROOT": str(course.root)})
        try:
            yield Path(folder)
        finally:
            for name, value in before.items():
                if value is None:
                    del os.environ[name]
                else:
                    os.environ[name] = value


def execute(chapter: Chapter, *, cell_timeout: int = 60, on_cell: Callable[[int], None] = lambda cell: None) -> Outcome:
    """Run all cells of a chapter in a fresh kernel; `on_cell` hears the index of each cell that is done.

    The kernel inherits the environment, so a clean workspace is the caller's to choose.
    """
    read_notebook(chapter.notebook)  # says what is wrong with a broken one
    notebook = nbformat.read(chapter.notebook, as_version=4)
    folder = Path(os.environ["CHANNELS_LAB_WORKSPACE"]) / "notebooks"
    folder.mkdir(parents=True, exist_ok=True)
    client = headless(
        notebook,
        folder,
        timeout=cell_timeout,
        extra_arguments=["--IPKernelApp.log_level=CRITICAL"],  # its words would cut the progress bar
        on_cell_executed=lambda cell, cell_index, execute_reply: on_cell(cell_index),
    )
    started = time.perf_counter()
    error = ""
    try:
        client.execute()
    except Exception as failure:
        if hasattr(client, "_async_cleanup_kernel_future"):
            raise KeyboardInterrupt from None  # nbclient has answered Ctrl-C by ending the kernel, and then misses it
        if isinstance(failure, CellExecutionError):
            error = f"{_where(notebook.cells)}: {failure.ename}: {failure.evalue}"
        elif isinstance(failure, (CellTimeoutError, DeadKernelError)):
            error = f"{_where(notebook.cells)}: {str(failure).splitlines()[0]}"
        else:
            raise
    done = sum(1 for cell in notebook.cells if cell.cell_type == "code" and cell.get("execution_count"))
    return Outcome(chapter, done, time.perf_counter() - started, error, notebook)


def headless(notebook: Any, folder: Path, **options: Any) -> NotebookClient:
    """A client that runs a notebook's cells in a kernel of its own, which works in `folder`.

    It talks to the kernel through sockets in that folder: a TCP port that was free when it was chosen may be another
    program's when the kernel listens.
    """
    at = {"transport": "ipc", "ip": str(folder / uuid4().hex[:8])}
    resources = {"metadata": {"path": str(folder)}}
    return NotebookClient(
        notebook, kernel_name="python3", config=Config({"KernelManager": at}), resources=resources, **options
    )


def _where(cells: Iterable[Any]) -> str:
    """The cell that was run last: its number and its first line."""
    number, source = 0, ""
    for index, cell in enumerate(cells, start=1):
        if cell.cell_type == "code" and (cell.get("execution_count") or "execution" in cell.metadata):
            number, source = index, cell.source
    return f"cell {number} ({source.strip().splitlines()[0] if source.strip() else 'empty'})"
