"""An explanation: what you see, why, and what to change; shown as text and as HTML."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any, overload

from channels_lab.explain.place import Place

__all__ = ["Explanation", "Explanations", "clean", "marked"]

_MOST = 1200
_MOST_CODE = 160
_HEADINGS = (("see", "What you see"), ("why", "Why"), ("change", "What to change"))
# Borders that read on a light and on a dark page; the text has the page's own colour.
_BOX = (
    "border: 1px solid rgba(128, 128, 128, 0.6); border-left: 5px solid rgb(201, 122, 0); "
    "padding: 2px 12px; margin: 6px 0"
)
_CODE = "font-family: monospace; white-space: pre-wrap; overflow-wrap: anywhere"
_BACKTICKS = re.compile(r"`([^`\n]+)`")


@dataclass(frozen=True)
class Explanation:
    """What the rule of this name has to say. In the three texts, what stands in backticks is code.

    `place` is the learner's line, where there is one; `page` is the URL of the page of documentation, "" for none.
    """

    rule: str
    see: str
    why: str
    change: str
    place: Place | None
    page: str

    def __str__(self) -> str:
        lines = [f"{heading}: {clean(getattr(self, name))}" for name, heading in _HEADINGS]
        if self.place:
            lines.append(f"Your line: {clean(str(self.place), _MOST_CODE)}")
        return "\n".join([*lines, *([f"Read more: {self.page}"] if self.page else [])])

    def html(self) -> str:
        """The same as a box; everything that the learner wrote is escaped."""
        parts = [f"<p><strong>{heading}</strong><br>{marked(getattr(self, name))}</p>" for name, heading in _HEADINGS]
        if self.place:
            where, code = clean(f"{self.place.path}:{self.place.line}"), clean(self.place.code, _MOST_CODE)
            parts.append(f'<p><strong>{escape(where)}</strong><br><code style="{_CODE}">{escape(code)}</code></p>')
        if link := escape(self.page):
            parts.append(f'<p>Read more: <a href="{link}" target="_blank" rel="noopener">{link}</a></p>')
        return f'<div role="note" aria-label="Explanation" style="{_BOX}">{"".join(parts)}</div>'

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        return {"text/plain": str(self), "text/html": self.html()}


class Explanations(Sequence[Explanation]):
    """What all rules had to say, in the order of the book. With none, it says so, and what was looked at."""

    def __init__(self, found: Sequence[Explanation], looked_at: str = "") -> None:
        self._found = tuple(found)
        self.looked_at = looked_at

    @overload
    def __getitem__(self, index: int) -> Explanation: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Explanation]: ...
    def __getitem__(self, index: int | slice) -> Explanation | Sequence[Explanation]:
        return self._found[index]

    def __len__(self) -> int:
        return len(self._found)

    def __iter__(self) -> Iterator[Explanation]:
        return iter(self._found)

    def __str__(self) -> str:
        if not self._found:
            return f"Nothing that the lab knows went wrong. {clean(self.looked_at)}".strip()
        return "\n\n".join(map(str, self._found))

    def __repr__(self) -> str:
        return str(self)

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        html = "".join(one.html() for one in self._found) or f"<p>{escape(str(self))}</p>"
        return {"text/plain": str(self), "text/html": html}


def clean(text: str, most: int = _MOST) -> str:
    """A learner's text: bounded, and without characters that steer a terminal or turn the writing direction."""
    text = text if len(text) <= most else text[:most] + "…"
    return "".join(sign if sign.isprintable() or sign in "\n\u200d" else "\N{REPLACEMENT CHARACTER}" for sign in text)


def marked(text: str) -> str:
    """A text as HTML, escaped; what stands in backticks is code."""
    html = _BACKTICKS.sub(rf'<code style="{_CODE}">\1</code>', escape(clean(text)))
    return html.replace("\n", "<br>")
