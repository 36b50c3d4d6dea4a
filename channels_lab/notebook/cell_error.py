"""An error in a cell: what happened, why and what to change, above the traceback, which is folded then."""

import re
import traceback
from html import escape
from types import TracebackType
from typing import Any

from IPython.display import display

from channels_lab.errors import LabError
from channels_lab.explain.book import explain
from channels_lab.explain.explanation import Explanations
from channels_lab.notebook.checking import NotAttempted
from channels_lab.notebook.display import show_note
from channels_lab.notebook.inquiry import Inquired, inquire
from channels_lab.notebook.missing import missing_line

__all__ = ["show_error"]

_COLOURS = re.compile(r"\x1b\[[0-9;]*m")


class Explained:
    """Explanations, with the traceback folded below them."""

    def __init__(self, explanations: Explanations, trace: str) -> None:
        self.explanations = explanations
        self.trace = trace

    def __repr__(self) -> str:
        return f"{self.explanations}\n\n{self.trace}".rstrip()

    def _repr_html_(self) -> str:
        html = self.explanations._repr_mimebundle_()["text/html"]
        if not self.trace:
            return html
        return f"{html}<details><summary>The whole traceback</summary><pre>{escape(self.trace)}</pre></details>"


def show_error(
    shell: Any,
    kind: type[BaseException],
    error: BaseException,
    trace: TracebackType,
    tb_offset: int | None = None,
) -> None:
    """Show what a cell raised: IPython's handler of exceptions (`set_custom_exc`).

    Above it stands the cell to run first, where a name of the chapter is missing, or what the rules say of it.
    """
    from channels_lab.notebook.opening import open_lab

    lab = open_lab()
    if line := missing_line(lab.chapter if lab else None, error, trace):
        show_note(
            f"{getattr(error, 'name', '')} is not there yet. Run the cell above with this line first:",
            warning=True,
            lines=[line],
        )
    elif not isinstance(error, NotAttempted) and (found := _explanations(lab, error)):
        short = isinstance(error, LabError)
        display(Explained(found, "" if short else _whole(shell, kind, error, trace, tb_offset)))
        shell.showtraceback((kind, error, trace), tb_offset=tb_offset, exception_only=not short)
        return
    shell.showtraceback((kind, error, trace), tb_offset=tb_offset)


def _explanations(lab: Inquired | None, error: BaseException) -> Explanations | None:
    """What the rules say; looking must never hide the error itself."""
    try:
        return explain(inquire(lab, error)) or None
    except Exception:
        return None


def _whole(
    shell: Any, kind: type[BaseException], error: BaseException, trace: TracebackType, tb_offset: int | None
) -> str:
    """The traceback as IPython tells it, without its colours."""
    try:
        return _COLOURS.sub("", "\n".join(shell.InteractiveTB.structured_traceback(kind, error, trace, tb_offset)))
    except Exception:
        return "".join(traceback.format_exception(error))
