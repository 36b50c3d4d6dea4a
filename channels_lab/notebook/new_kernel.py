"""A kernel in which nothing of the course has run: a cell from the middle of a notebook is told so there.

A kernel that was restarted, or that a hub ended while nobody looked, knows no name. All kernels of the environment load
this (`ipython_kernel_config.json`), so it imports nothing before there is an error. The first cell of a notebook of
ours, with `%load_ext channels_lab`, puts its own handler in this one's place.
"""

from types import TracebackType
from typing import Any

from IPython.core.error import UsageError

__all__ = ["load_ipython_extension"]

# What our notebooks begin with, and what theirs are written with: no other cell is asked what it misses.
_FIRST = {"channels_lab", "check", "hint", "lab", "progress", "server", "solution"}
_MAGICS = ("`%%project_file`", "`%%task_file`")
_SAID = (
    "This kernel knows nothing yet: it is new, was restarted, or was ended while nobody looked. Your files are as you "
    "left them. In the menu choose Run > Run All Above Selected Cell, then run this cell again."
)

_cell_id = ""


def load_ipython_extension(shell: Any) -> None:
    """Called when a kernel starts."""
    shell.events.register("pre_run_cell", _note_cell)
    shell.set_custom_exc((NameError, UsageError), _show_error)


def _note_cell(info: Any) -> None:
    global _cell_id
    _cell_id = getattr(info, "cell_id", None) or ""


def _show_error(
    shell: Any,
    kind: type[BaseException],
    error: BaseException,
    trace: TracebackType,
    tb_offset: int | None = None,
) -> None:
    try:
        if _is_ours(error, trace):
            from channels_lab.notebook.display import show_note

            show_note(_SAID, warning=True)
    except Exception:  # whatever it is, the error itself is shown
        pass
    shell.showtraceback((kind, error, trace), tb_offset=tb_offset)


def _is_ours(error: BaseException, trace: TracebackType) -> bool:
    """Whether a cell of the course's misses what the cells above it give."""
    from pathlib import Path

    from channels_lab.course.course import Course
    from channels_lab.notebook.missing import missing_line

    if isinstance(error, UsageError):
        return any(name in str(error) for name in _MAGICS)
    course = Course.find()
    for chapter in course.chapters.values():
        if any(cell.get("id") == _cell_id for cell in chapter.cells):
            return bool(missing_line(chapter, error, trace))
    here = Path.cwd().resolve()
    near = here.is_relative_to(course.root) or here.is_relative_to(course.workspace_folder)
    return near and getattr(error, "name", "") in _FIRST
