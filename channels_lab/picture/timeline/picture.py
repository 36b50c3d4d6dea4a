"""A timeline as a picture: SVG, drawn with matplotlib, that reads on light and dark pages and without its colours."""

from typing import TYPE_CHECKING, Any

from channels_lab.picture.drawn import svg_of
from channels_lab.picture.story.diagram import one_line
from channels_lab.picture.timeline.drawing import Drawing
from channels_lab.picture.timeline.folding import fold
from channels_lab.picture.timeline.lane import Timetable
from channels_lab.picture.timeline.style import INK, PAPER, kinds_in, legend
from channels_lab.picture.timeline.text import headline, remarks, summary
from channels_lab.picture.timeline.timescale import Timescale

# matplotlib takes a second to import. Who draws nothing does not wait for it.
if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["svg"]

# Inches.
_WIDTH, _NAMES, _RIGHT = 10.0, 1.9, 0.2
_LANE, _HEAD, _TICKS, _LINE = 0.36, 0.66, 0.3, 0.2
_LEGEND_COLUMNS = 4


def svg(table: Timetable, title: str) -> str:
    """The timeline as an SVG image of its own, with a title and a description, its text as text."""
    return svg_of(lambda: _figure(table, one_line(title)), one_line(title), summary(table))


def _figure(table: Timetable, title: str) -> "Figure":
    from matplotlib.figure import Figure

    scale = Timescale.of(table)
    lanes = fold(table, scale)
    kinds = kinds_in(lanes)
    legend_rows = -(-len(kinds) // _LEGEND_COLUMNS)
    above, below = headline(table), remarks(table, scale)
    foot = _TICKS + _LINE * (legend_rows + len(below)) + 0.1
    height = _HEAD + _LANE * max(len(lanes), 1) + foot
    figure = Figure(figsize=(_WIDTH, height), facecolor=PAPER)
    said: dict[str, Any] = {"color": INK, "va": "center", "parse_math": False}
    figure.text(0.012, 1 - 0.2 / height, title, size=11, weight="bold", **said)
    figure.text(0.012, 1 - 0.42 / height, above, size=8.5, **said)
    for number, note in enumerate(reversed(below)):
        figure.text(0.012, (0.13 + _LINE * number) / height, note, size=8.5, **said)
    box = (_NAMES / _WIDTH, foot / height, 1 - (_NAMES + _RIGHT) / _WIDTH, 1 - (_HEAD + foot) / height)
    Drawing(figure.add_axes(box), scale, box[2] * _WIDTH).draw(lanes)
    if kinds:
        bottom = (0.03 + _LINE * len(below)) / height
        figure.legend(
            handles=legend(kinds),
            loc="lower left",
            bbox_to_anchor=(0.004, bottom),
            ncols=_LEGEND_COLUMNS,
            frameon=False,
            fontsize=8.5,
            labelcolor=INK,
            handlelength=2.2,
            columnspacing=1.6,
            borderpad=0,
        )
    return figure
