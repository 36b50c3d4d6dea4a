"""Load measurements side by side: four plots against the number of clients, and the same as tables."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from channels_lab.measure.axes import as_they_are, style
from channels_lab.measure.levels import Load
from channels_lab.picture.drawn import Drawn, svg_of
from channels_lab.picture.story.diagram import one_line
from channels_lab.picture.timeline.style import INK, PAPER

# matplotlib takes a second to import. Who draws nothing does not wait for it.
if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from matplotlib.lines import Line2D

__all__ = ["MOST", "curves"]

# A shape and a dash of its own for each, beside its colour (after Okabe and Ito). The later are smaller, so that one
# that lies on another does not hide it.
_LOOKS: tuple[dict[str, Any], ...] = (
    {"color": "#0072b2", "marker": "o", "linestyle": "-", "markersize": 9, "linewidth": 2.6},
    {"color": "#a03c00", "marker": "s", "linestyle": (0, (5, 2)), "markersize": 6, "linewidth": 1.8},
    {"color": "#007a5a", "marker": "^", "linestyle": (0, (1, 1.4)), "markersize": 5, "linewidth": 1.8},
    {"color": "#7a3b69", "marker": "D", "linestyle": (0, (7, 2, 1, 2)), "markersize": 4, "linewidth": 1.4},
)
MOST = len(_LOOKS)
# What each plot shows of a level, its title, and whether its scale is one of powers of ten.
_PLOTS = (
    ("median", "Latency, ms: median, and a bar up to the 99th", True),
    ("throughput", "Throughput, messages/s", False),
    ("threads", "Threads of the server", False),
    ("memory", "Memory of the server, MiB", False),
)
_TITLE = "Against the number of clients"


def curves(loads: Sequence[Load]) -> Drawn:
    """Draw measurements together, at most MOST; their names tell them apart."""
    about = f"{_TITLE}: " + " ".join(_told(load) for load in loads)
    return Drawn(
        title=_TITLE,
        svg=svg_of(lambda: _figure(loads), _TITLE, about),
        about=about,
        text="\n\n".join(map(repr, loads)),
    )


def _told(load: Load) -> str:
    """A measurement in a sentence, from its first crowd to its last."""
    first, last = load.levels[0], load.levels[-1]
    return (
        f"{one_line(load.name)}, {first.clients} to {last.clients} clients: "
        f"median {first.median:,.1f} to {last.median:,.1f} ms, "
        f"{first.throughput:,.0f} to {last.throughput:,.0f} messages/s, "
        f"{first.threads} to {last.threads} threads, {first.memory:.0f} to {last.memory:.0f} MiB."
    )


def _figure(loads: Sequence[Load]) -> "Figure":
    from matplotlib.figure import Figure

    figure = Figure(figsize=(10, 5.6), facecolor=PAPER)
    grid = figure.subplots(2, 2)
    for axes, (field, title, powers) in zip(grid.flat, _PLOTS, strict=True):
        _plot(axes, loads, field, title, powers)
    _legend(figure, grid.flat[0].get_lines(), loads)
    figure.subplots_adjust(left=0.06, right=0.985, top=0.94, bottom=0.17, hspace=0.42, wspace=0.14)
    return figure


def _legend(figure: "Figure", lines: Sequence["Line2D"], loads: Sequence[Load]) -> None:
    """Say which line is which, by names that are text and nothing else: no formula, no line that is left out."""
    legend = figure.legend(
        lines,
        ["name"] * len(loads),
        loc="lower left",
        bbox_to_anchor=(0.03, 0.0),
        ncols=2,
        frameon=False,
        fontsize=9,
        labelcolor=INK,
        handlelength=4,
    )
    as_they_are(legend.get_texts())
    for said, load in zip(legend.get_texts(), loads, strict=True):
        said.set_text(one_line(load.name) or "load")


def _plot(axes: "Axes", loads: Sequence[Load], field: str, title: str, powers: bool) -> None:
    style(axes, title)
    for load, look in zip(loads, _LOOKS, strict=False):
        clients = [level.clients for level in load.levels]
        values = [getattr(level, field) for level in load.levels]
        if field == "median":
            tops = [level.longest for level in load.levels]
            axes.vlines(clients, values, tops, colors=look["color"], linewidth=2.5, alpha=0.45)
        axes.plot(clients, values, **look)
    numbers = sorted({level.clients for load in loads for level in load.levels})
    axes.set_xscale("log")
    axes.set_xticks(numbers, [str(number) for number in numbers])
    axes.set_xlabel("clients", fontsize=8.5, color=INK, loc="right", labelpad=1)
    if powers:
        axes.set_yscale("log")
        axes.yaxis.set_major_formatter(lambda value, _: f"{value:g}")
    else:
        top = max(getattr(level, field) for load in loads for level in load.levels)
        axes.set_ylim(0, top * 1.15)
        axes.yaxis.set_major_locator(_integers(field))
    axes.minorticks_off()


def _integers(field: str) -> Any:
    from matplotlib.ticker import MaxNLocator

    return MaxNLocator(nbins=5, integer=field == "threads")
