"""`%load_ext channels_lab`: the file magic, the heartbeat, hints, and the warm start in the background."""

import asyncio
import gc
from typing import Any

from IPython.core.interactiveshell import InteractiveShell
from IPython.core.magic import Magics, cell_magic, magics_class

from channels_lab.course.filecell import MAGIC, parse_cell
from channels_lab.notebook.cell import Cell, begin, running
from channels_lab.notebook.display import show_written
from channels_lab.notebook.opening import current_lab, open_lab
from channels_lab.notebook.task_file import TaskFileMagics
from channels_lab.running.warmstart import warm_start

__all__ = ["load_ipython_extension", "unload_ipython_extension"]

_HEARTBEAT_SECONDS = 0.2
_heart: asyncio.Task[None] | None = None


@magics_class
class ProjectFileMagics(Magics):
    """The magic of file cells."""

    @cell_magic
    def project_file(self, line: str, cell: str) -> None:
        """Write a project file, or a named part of it: `%%project_file chat/consumers.py [--part NAME]`."""
        lab = current_lab()
        file_cell = parse_cell(f"{MAGIC} {line}\n{cell}", running().id)
        assert file_cell is not None
        show_written(lab.workspace.write(file_cell, lab.chapter))


def load_ipython_extension(shell: InteractiveShell) -> None:
    """Called by `%load_ext channels_lab`."""
    global _heart
    shell.register_magics(ProjectFileMagics, TaskFileMagics)
    shell.events.register("pre_run_cell", _note_cell)
    shell.set_custom_exc((Exception,), _show_error)
    warm_start()
    if _heart is None or _heart.done():
        try:
            _heart = asyncio.get_running_loop().create_task(_beat())
        except RuntimeError:
            _heart = None  # IPython in a terminal has no running loop, and interrupts at once
    if hasattr(shell, "kernel"):
        # What is imported stays: no search for garbage goes through it, in the midst of a measurement or at the end.
        gc.freeze()


def unload_ipython_extension(shell: InteractiveShell) -> None:
    """Called by `%unload_ext channels_lab`."""
    shell.events.unregister("pre_run_cell", _note_cell)
    shell.set_custom_exc((), None)
    if _heart is not None:
        _heart.cancel()


async def _beat() -> None:
    """Wake the loop now and then: an interrupt during an `await` is only noticed then (ipykernel#881)."""
    while True:  # noqa: ASYNC110 - the sleep itself is the point
        await asyncio.sleep(_HEARTBEAT_SECONDS)


def _note_cell(info: Any) -> None:
    lab = open_lab()
    processes = lab.processes if lab else []
    sizes = {process.printed.path: process.printed.size for process in processes}
    begin(Cell(getattr(info, "cell_id", None) or "", getattr(info, "raw_cell", None) or "", printed=sizes))


def _show_error(*args: Any, **options: Any) -> None:
    # The rules are many, and most kernels see no error soon.
    from channels_lab.notebook.cell_error import show_error

    show_error(*args, **options)
