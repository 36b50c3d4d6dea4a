"""A name that is not defined because its cell was not run: which cell to run."""

import re
from types import TracebackType

from channels_lab.course.course import Chapter

__all__ = ["defining_line", "missing_line"]


def missing_line(chapter: Chapter | None, error: BaseException, trace: TracebackType) -> str:
    """The line of the chapter that defines the name which an error of the cell itself misses; "" for none."""
    if chapter is None or not isinstance(error, NameError) or not error.name or not _of_the_cell(trace):
        return ""
    return defining_line(chapter, error.name)


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
