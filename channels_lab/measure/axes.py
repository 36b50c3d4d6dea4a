"""How the plots of a measurement look: their paper, lines and letters."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from channels_lab.picture.timeline.style import INK, LINES, PAPER

# matplotlib takes a second to import. Who draws nothing does not wait for it.
if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.text import Text

__all__ = ["as_they_are", "style"]


def style(axes: "Axes", title: str) -> None:
    """Give a plot its title and the look of all."""
    axes.set_facecolor(PAPER)
    axes.set_title(title, loc="left", fontsize=9.5, color=INK, weight="bold")
    axes.tick_params(colors=INK, labelsize=8.5, color=LINES)
    axes.grid(color=LINES, linewidth=0.6)
    axes.set_axisbelow(True)
    for side, spine in axes.spines.items():
        spine.set_visible(side in ("left", "bottom"))
        spine.set_color(LINES)


def as_they_are(labels: Iterable["Text"]) -> None:
    """Let labels that people have named be text and nothing else: no formula."""
    for label in labels:
        label.set_parse_math(False)
