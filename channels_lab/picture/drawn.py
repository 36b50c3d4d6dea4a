"""A picture drawn with matplotlib: an SVG that reads on light and dark pages, and the same in words."""

import base64
import contextlib
import io
import logging
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Any

# matplotlib takes a second to import. Who draws nothing does not wait for it.
if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["Drawn", "svg_of"]


@dataclass(frozen=True)
class Drawn:
    """An SVG image, what it shows in a sentence or two (`about`), and the same as text. `print` shows the text."""

    title: str
    svg: str
    about: str
    text: str

    def __str__(self) -> str:
        return self.text

    def __repr__(self) -> str:
        return f"<{self.title}: {self.about}>"

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, str]:
        return {"text/html": self.html(), "text/plain": self.text}

    def html(self) -> str:
        """The picture with a description for those who do not see it, and the text to be unfolded below.

        JupyterLab gives images no `alt`, and shows no SVG that is not trusted; an <img> runs no scripts.
        """
        data = base64.b64encode(self.svg.encode()).decode()
        look = "max-width: 100%; height: auto; border-radius: 6px"
        return (
            '<figure style="margin: 0">'
            f'<img src="data:image/svg+xml;base64,{data}" alt="{escape(self.about)}" style="{look}">'
            '<details><summary>The same as text</summary><pre style="overflow-x: auto; line-height: 1.25">'
            f"{escape(self.text)}</pre></details></figure>"
        )


def svg_of(draw: Callable[[], "Figure"], title: str, about: str) -> str:
    """Draw a figure as an SVG image of its own, with a title and a description, its text as text."""
    with _by_itself():
        file = io.StringIO()
        metadata = {"Title": title, "Description": about, "Date": None, "Creator": None}
        draw().savefig(file, format="svg", metadata=metadata)
    return file.getvalue()


@contextlib.contextmanager
def _by_itself() -> Iterator[None]:
    """Draw as drawn here, whatever a notebook has set for its own plots, and without a word about fonts.

    The text stays text, so that the browser finds a font for it; matplotlib has none for Korean.
    """
    log = logging.getLogger("matplotlib")
    level = log.level
    log.setLevel(logging.ERROR)  # "building the font cache", at the first time ever
    try:
        import matplotlib

        settings: dict[Any, Any] = {
            name: value
            for name, value in matplotlib.rcParamsDefault.items()
            if not name.startswith(("backend", "interactive"))
        }
        settings |= {"svg.fonttype": "none", "svg.hashsalt": "channels lab", "hatch.linewidth": 0.6}
        settings |= {"font.sans-serif": ["DejaVu Sans", "Verdana"]}
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with matplotlib.rc_context(settings):
                yield
    finally:
        log.setLevel(level)
