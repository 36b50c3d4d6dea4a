"""Fan-outs side by side: how many messages each delivers in a second, and how late."""

from collections.abc import Sequence
from math import isnan
from typing import TYPE_CHECKING

from channels_lab.measure.axes import as_they_are, style
from channels_lab.picture.drawn import Drawn, svg_of
from channels_lab.picture.story.diagram import one_line
from channels_lab.picture.timeline.style import INK, PAPER

# matplotlib takes a second to import. Who draws nothing does not wait for it.
if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from channels_lab.measure.fanout import FanOut

__all__ = ["fan_out_plots"]

_BLUE, _RED = "#0072b2", "#a03c00"
_TITLE = "What one room is delivered"


def fan_out_plots(all_of_them: "Sequence[FanOut]", text: str) -> Drawn:
    """Draw measurements, a bar for each; `text` is the same as text."""
    about = f"{_TITLE}. " + " ".join(
        f"{one_line(one.name)}: {one.delivered:,.0f} messages a second, {one.work:,.0f} for a second of the processor, "
        f"median {one.median:.1f} ms, 99th {one.longest:.1f} ms."
        for one in all_of_them
    )
    return Drawn(_TITLE, svg_of(lambda: _figure(all_of_them), _TITLE, about), about, text)


def _figure(all_of_them: "Sequence[FanOut]") -> "Figure":
    from matplotlib.figure import Figure

    figure = Figure(figsize=(10, 0.5 * len(all_of_them) + 1.5), facecolor=PAPER, layout="constrained")
    left, right = figure.subplots(1, 2)
    style(left, "Delivered in a second; hatched: in a second of the processor")
    style(right, "Latency in ms: a ring at the median, a bar up to the 99th")
    for place, one in enumerate(all_of_them):
        left.barh(place - 0.2, one.delivered, 0.36, facecolor=_BLUE, edgecolor=_BLUE)
        left.barh(place + 0.2, one.work, 0.36, facecolor="#ffffff", edgecolor=_RED, hatch="////")
        for value, beside in ((one.delivered, -0.2), (one.work, 0.2)):
            left.annotate(
                f"{value:,.0f}",
                (value, place + beside),
                xytext=(4, 0),
                textcoords="offset points",
                va="center",
                size=8.5,
            )
        right.plot([one.median, one.longest], [place, place], color=_BLUE, linewidth=3, alpha=0.45)
        right.plot([one.median], [place], color=_BLUE, marker="o", markersize=8, markerfacecolor=PAPER)
    left.set_yticks(range(len(all_of_them)), [one_line(one.name) for one in all_of_them])
    as_they_are(left.get_yticklabels())
    right.set_yticks(range(len(all_of_them)), [""] * len(all_of_them))
    for axes in (left, right):
        axes.set_ylim(len(all_of_them) - 0.5, -0.5)
        axes.set_xlim(left=0)
        axes.tick_params(labelcolor=INK)
    figures = [value for one in all_of_them for value in (one.delivered, one.work) if not isnan(value)]
    left.set_xlim(right=1.2 * max(figures))
    return figure
