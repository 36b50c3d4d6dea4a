"""How a timeline looks: each kind of bar and mark has a height, a hatch or a shape beside its colour; the legend."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from channels_lab.picture.timeline.lane import Lane
from channels_lab.picture.timeline.text import SIGNS

# matplotlib takes a second to import. Who draws nothing does not wait for it.
if TYPE_CHECKING:
    from matplotlib.artist import Artist

__all__ = ["BAND", "HEIGHTS", "INK", "LINES", "MARKS", "OFFSETS", "PAPER", "RED", "SPANS", "kinds_in", "legend"]

# A paper of its own, so that the picture reads on light and dark pages; colours after Okabe and Ito.
INK, PAPER = "#1b1f24", "#fbfbf8"
LINES, RED, BAND = "#c9ced4", "#a03c00", "#fbe3d6"
SPANS: dict[str, dict[str, Any]] = {
    "connected": {"facecolor": "#8a929b", "edgecolor": "none"},
    "nothing": {"facecolor": "#ffffff", "edgecolor": "#5b6470", "linestyle": (0, (2, 2))},
    "waiting": {"facecolor": "#ffe9b8", "edgecolor": "#b07800", "hatch": "////"},
    "served": {"facecolor": "#0072b2", "edgecolor": "#00486f"},
    "blocked": {"facecolor": "#f6d5c5", "edgecolor": "#a84300", "hatch": "xxxx"},
}
HEIGHTS = {"connected": 0.1, "nothing": 0.4, "waiting": 0.62, "served": 0.62, "blocked": 0.62}
MARKS: dict[str, dict[str, Any]] = {
    "out": {"marker": "^", "s": 34, "facecolor": INK, "edgecolor": "#ffffff", "linewidth": 0.5},
    "in": {"marker": "v", "s": 24, "facecolor": "#ffffff", "edgecolor": INK, "linewidth": 0.9},
    "note": {"marker": "D", "s": 18, "facecolor": "#8a929b", "edgecolor": INK, "linewidth": 0.7},
    "failed": {"marker": "X", "s": 95, "facecolor": "#d55e00", "edgecolor": "#ffffff", "linewidth": 0.8},
}
_WORDS = {"out": "gives a message out", "in": "takes a message in", "note": "ready, closed, or a line of the log"}
# Marks stand at the edges of the bars, so that the words in these can be read.
OFFSETS = {"out": -0.34, "in": 0.34}


def kinds_in(lanes: Iterable[Lane]) -> list[str]:
    """The kinds of span and mark that are drawn, in the order of the legend."""
    seen: set[str] = set()
    for lane in lanes:
        seen |= {span.kind for span in lane.spans} | {mark.kind for mark in lane.marks}
    return [kind for kind in (*SPANS, *MARKS) if kind in seen]


def legend(kinds: list[str]) -> list["Artist"]:
    """What a legend shows, in words."""
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch

    handles: list[Artist] = []
    for kind in kinds:
        words = _WORDS.get(kind) or SIGNS[kind][1]
        if kind in SPANS:
            handles.append(Patch(label=words, **SPANS[kind]))
        else:
            style = MARKS[kind]
            look = {"markersize": style["s"] ** 0.5, "markerfacecolor": style["facecolor"]}
            look |= {"markeredgecolor": style["edgecolor"], "marker": style["marker"]}
            handles.append(Line2D([], [], linestyle="", label=words, **look))
    return handles
