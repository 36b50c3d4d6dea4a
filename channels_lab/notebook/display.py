"""Short displays: a sentence with what it is about, a difference, a log. HTML beside plain text."""

from html import escape

from IPython.display import display

from channels_lab.course.workspace import Written

__all__ = ["Log", "Note", "show_note", "show_written"]

# Tints that read on a light and on a dark page, each with a sign of its own.
_TINTS = {"+": "rgba(46, 160, 67, 0.18)", "-": "rgba(214, 69, 65, 0.16)", "@": "rgba(128, 128, 128, 0.12)"}
_MOST_LINES = 60


class Log(str):
    """Text that shows itself as it is, not quoted."""

    __slots__ = ()

    def __repr__(self) -> str:
        return str(self)


class Note:
    """A sentence or two for the reader; `warning` sets it off."""

    def __init__(self, text: str, *, warning: bool = False, lines: list[str] | None = None) -> None:
        self.text = text
        self.warning = warning
        self.lines = lines or []

    def __repr__(self) -> str:
        return "\n".join([("Note: " if self.warning else "") + self.text, *self.lines])

    def _repr_html_(self) -> str:
        colour = "rgb(201, 122, 0)" if self.warning else "rgb(110, 130, 150)"
        word = "<strong>Note:</strong> " if self.warning else ""
        return (
            f'<div style="border-left: 3px solid {colour}; padding: 2px 10px">{word}{escape(self.text)}'
            f"{_lines(self.lines)}</div>"
        )


def show_note(text: str, *, warning: bool = False, lines: list[str] | None = None) -> None:
    """Display a note in the cell that runs now."""
    display(Note(text, warning=warning, lines=lines))


def show_written(written: Written) -> None:
    """Display what a file cell changed."""
    lines = written.after.count("\n")
    difference = written.difference if written.before is not None else []
    if written.before is None:
        text = f"{written.path}: new, {_counted(lines)}."
    elif difference:
        added = sum(line.startswith("+") for line in difference)
        removed = sum(line.startswith("-") for line in difference)
        text = f"{written.path}: {_counted(added)} added, {removed} removed."
    else:
        text = f"{written.path}: as before."
    if len(difference) > _MOST_LINES:
        difference = [*difference[:_MOST_LINES], f"… {len(difference) - _MOST_LINES} more lines"]
    show_note(text, lines=difference)
    if written.kept:
        show_note(f"The file had been edited elsewhere. That version is kept as {written.kept}.", warning=True)


def _counted(lines: int) -> str:
    return "1 line" if lines == 1 else f"{lines} lines"


def _lines(lines: list[str]) -> str:
    if not lines:
        return ""
    rows = "".join(
        f'<div style="background: {_TINTS.get(line[:1], "none")}; white-space: pre-wrap">{escape(line) or " "}</div>'
        for line in lines
    )
    return f'<div style="font-family: monospace; font-size: 90%; line-height: 1.35; margin-top: 4px">{rows}</div>'
