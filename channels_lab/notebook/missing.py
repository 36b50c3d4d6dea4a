"""A name that is not defined because its cell was not run: which cell to run."""

import re
from types import TracebackType
from typing import Any

from channels_lab.course.course import Chapter
from channels_lab.notebook.display import show_note

__all__ = ["defining_line", "explain_name_error"]


def explain_name_error(
    shell: Any,
    kind: type[BaseException],
    error: NameError,
    trace: TracebackType,
    tb_offset: int | None = None,
) -> None:
    """Name the cell of the open chapter that defines the missing name, above IPython's own traceback."""
    from channels_lab.notebook import lab

    line = ""
    if lab._current is not None and error.name and _of_the_cell(trace):
        line = defining_line(lab._current.chapter, error.name)
    if line:
        show_note(
            f"{error.name} is not there yet. Run the cell above with this line first:",
            warning=True,
            lines=[line],
        )
    shell.showtraceback((kind, error, trace), tb_offset=tb_offset)


def defining_line(chapter: Chapter, name: str) -> str:
    """The first line in the chapter's code cells that gives `name` a value; "" when there is none."""
    word = re.escape(name)
    gives = re.compile(
        rf"^(?:{word}\s*(?::[^=]+)?=(?!=)|{word}\s*,.*=|.*,\s*{word}\s*=(?!=)|(?:async )?def {word}\b|class {word}\b"
        rf"|(?:from \S+ )?import (?:.*[ ,])?{word}\b|.*\bas {word}\b)"
    )
    for cell in chapter.cells:
        if cell["cell_type"] == "code" and not cell["source"].startswith("%%"):
            for line in cell["source"].splitlines():
                if gives.match(line):
                    return str(line)
    return ""


def _of_the_cell(trace: TracebackType) -> bool:
    """Whether the error arose in the cell itself, not in a library that it called."""
    while trace.tb_next is not None:
        trace = trace.tb_next
    return trace.tb_frame.f_globals.get("__name__") == "__main__"
