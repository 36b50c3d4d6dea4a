"""The two plots of a race: how late notices are, and what each of them costs."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from channels_lab.measure.axes import as_they_are, style
from channels_lab.measure.lap import Lap
from channels_lab.picture.drawn import Drawn, svg_of
from channels_lab.picture.story.diagram import one_line
from channels_lab.picture.timeline.style import INK, PAPER

# matplotlib takes a second to import. Who draws nothing does not wait for it.
if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["race_plots"]

_BLUE, _RED = "#0072b2", "#a03c00"
_TITLE = "How late notices are, and what they cost"


def race_plots(laps: Sequence[Lap], text: str) -> Drawn:
    """Draw the laps; `text` is the same as text. Where all ways are numbers, these are the axis."""
    numeric = len(laps) > 1 and all(isinstance(lap.way, int | float) for lap in laps)
    about = f"{_TITLE}. " + " ".join(map(_told, laps))
    draw = _against_numbers if numeric else _by_name
    return Drawn(_TITLE, svg_of(lambda: draw(laps), _TITLE, about), about, text)


def _told(lap: Lap) -> str:
    name = one_line(str(lap.way))
    if lap.median is None:
        return f"{name}: nothing came."
    up, down = lap.per_notice(lap.traffic.sent), lap.per_notice(lap.traffic.received)
    return f"{name}: median {lap.median:,.1f} ms, {up:,.0f} bytes up and {down:,.0f} down for each notice."


def _by_name(laps: Sequence[Lap]) -> "Figure":
    titles = "Delay in ms: a ring for each notice, a bar at the median", "Bytes for each notice, headers included"
    figure, (left, right) = _figure(0.45 * len(laps) + 1.5, titles)
    for number, lap in enumerate(laps):
        delays = [delay * 1000 for delay in lap.delays]
        left.scatter(delays, [number] * len(delays), s=26, facecolor="none", edgecolor=_BLUE, linewidth=1)
        if lap.median is not None:
            left.plot([lap.median] * 2, [number - 0.3, number + 0.3], color=INK, linewidth=2)
        up, down = (lap.per_notice(count) or 0 for count in (lap.traffic.sent, lap.traffic.received))
        right.barh(number, up, 0.5, facecolor="#ffffff", edgecolor=_RED, hatch="////", label="up" if not number else "")
        right.barh(number, down, 0.5, left=up, facecolor=_BLUE, edgecolor=_BLUE, label="down" if not number else "")
        beside: dict[str, Any] = {
            "textcoords": "offset points",
            "xytext": (4, 0),
            "va": "center",
            "color": INK,
            "size": 8.5,
        }
        right.annotate(f"{up + down:,.0f}", (up + down, number), **beside)
    left.set_xscale("log")
    left.xaxis.set_major_formatter(lambda value, _: f"{value:g}")
    left.set_yticks(range(len(laps)), [one_line(str(lap.way)) for lap in laps])
    as_they_are(left.get_yticklabels())
    right.set_yticks(range(len(laps)), [""] * len(laps))
    for axes in (left, right):
        axes.set_ylim(len(laps) - 0.5, -0.5)
    right.margins(x=0.18)
    right.legend(frameon=False, fontsize=8.5, labelcolor=INK, loc="best")
    return figure


def _against_numbers(laps: Sequence[Lap]) -> "Figure":
    figure, (left, right) = _figure(3.4, ("Delay in ms: a ring for each notice", "Requests for each notice"))
    came = sorted((lap for lap in laps if lap.delays), key=lambda lap: float(lap.way))
    for lap in came:
        delays = [delay * 1000 for delay in lap.delays]
        left.scatter([float(lap.way)] * len(delays), delays, s=20, facecolor="none", edgecolor=_BLUE, linewidth=0.8)
    where = [float(lap.way) for lap in came]
    left.plot(where, [lap.median or 0 for lap in came], color=INK, marker="_", markersize=14, label="median")
    left.plot(where, [500 * x for x in where], color=_RED, linestyle=(0, (4, 3)), label="half of the interval")
    requests = [lap.per_notice(lap.traffic.requests) or 0 for lap in came]
    right.plot(where, requests, color=_BLUE, marker="o", label="requests")
    for axes in (left, right):
        axes.set_xlim(left=0)
        axes.set_ylim(bottom=0)
        axes.set_xlabel("interval in s", color=INK, size=8.5)
    left.legend(frameon=False, fontsize=8.5, labelcolor=INK)
    return figure


def _figure(height: float, titles: tuple[str, str]) -> tuple["Figure", tuple["Axes", "Axes"]]:
    from matplotlib.figure import Figure

    figure = Figure(figsize=(10, height), facecolor=PAPER, layout="constrained")
    left, right = figure.subplots(1, 2)
    style(left, titles[0])
    style(right, titles[1])
    return figure, (left, right)
