"""What is told of a task: a box with a title and a text, a listing of code. HTML beside plain text."""

from html import escape

from channels_lab.explain.explanation import marked

__all__ = ["Listing", "Told", "box"]

_CODE = "font-family: monospace; white-space: pre; overflow-x: auto; line-height: 1.35; margin: 4px 0 0"


def box(html: str, colour: str = "rgb(110, 130, 150)") -> str:
    """HTML with a line at its left, which reads on a light and on a dark page."""
    return f'<div style="border-left: 3px solid {colour}; padding: 2px 10px; margin: 4px 0">{html}</div>'


class Told:
    """A title or "", a text (what stands in backticks is code), and what to do next."""

    def __init__(self, title: str, text: str, way_on: str = "") -> None:
        self.title = title
        self.text = text
        self.way_on = way_on

    def __repr__(self) -> str:
        text = f"{self.title}: {self.text}" if self.title else self.text
        return "\n".join(part for part in (text, self.way_on) if part)

    def _repr_html_(self) -> str:
        way_on = f'<br><span style="opacity: 0.75">{marked(self.way_on)}</span>' if self.way_on else ""
        title = f"<strong>{escape(self.title)}</strong><br>" if self.title else ""
        return box(f"{title}{marked(self.text)}{way_on}")


class Listing:
    """Code with a title above it."""

    def __init__(self, title: str, code: str) -> None:
        self.title = title
        self.code = code

    def __repr__(self) -> str:
        return f"{self.title}\n{self.code}"

    def _repr_html_(self) -> str:
        return box(f'<strong>{escape(self.title)}</strong><pre style="{_CODE}">{escape(self.code)}</pre>')
