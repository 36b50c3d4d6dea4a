"""A table of figures: as text, and as HTML with the same words."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

__all__ = ["Table"]

_CELL = "text-align: right; white-space: nowrap; padding: 1px 8px"
# The words of a head may take several lines: a notebook is not wide.
_HEAD = "text-align: right; vertical-align: bottom; white-space: normal; min-width: 4em; padding: 1px 8px"
_NAME = "text-align: left; white-space: nowrap; padding: 1px 8px"


@dataclass(frozen=True)
class Table:
    """`rows` of words under a `head`, whose first column names the row; `title` stands above, `remarks` below."""

    head: Sequence[str]
    rows: Sequence[Sequence[str]]
    title: str = ""
    remarks: Sequence[str] = ()

    def text(self) -> str:
        """The table in lines of text."""
        widths = [max(map(len, column)) for column in zip(self.head, *self.rows, strict=True)]
        lines = [
            "  ".join(
                [name.ljust(widths[0]), *(word.rjust(width) for word, width in zip(row, widths[1:], strict=True))]
            )
            for name, *row in (self.head, *self.rows)
        ]
        return "\n".join([*([self.title] if self.title else []), *lines, *self.remarks])

    def html(self) -> str:
        """The table as HTML; its words are text in it, and nothing else."""
        caption = f'<caption style="{_NAME}">{escape(self.title)}</caption>' if self.title else ""
        head = "".join(f'<th scope="col" style="{_HEAD}">{escape(word)}</th>' for word in self.head)
        body = "".join(
            f'<tr><th scope="row" style="{_NAME}">{escape(name)}</th>'
            f"{''.join(f'<td style="{_CELL}">{escape(word)}</td>' for word in row)}</tr>"
            for name, *row in self.rows
        )
        remarks = "".join(f"<div>{escape(remark)}</div>" for remark in self.remarks)
        return f"<table>{caption}<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>{remarks}"
