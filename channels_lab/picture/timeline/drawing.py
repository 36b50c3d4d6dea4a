"""Drawing lanes into a plot: bars with words in them, marks with words beside them, and what stood still."""

from typing import TYPE_CHECKING, Any

from channels_lab.picture.story.diagram import one_line
from channels_lab.picture.timeline.client_spans import ANSWER_HELD
from channels_lab.picture.timeline.lane import Lane, Mark, Span, duration
from channels_lab.picture.timeline.style import BAND, HEIGHTS, INK, LINES, MARKS, OFFSETS, PAPER, RED, SPANS
from channels_lab.picture.timeline.text import lane_name
from channels_lab.picture.timeline.timescale import Timescale

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["Drawing"]

_MOST_WORDS = 60
_TELLING = ("processes", "workers", "log")  # kinds of lane whose notes are worth their words
_CHARACTER = 0.078  # about as wide as a character of a label (inches)


class Drawing:
    """Draws lanes into empty axes that are `width` inches wide."""

    def __init__(self, axes: "Axes", scale: Timescale, width: float) -> None:
        self._axes = axes
        self._scale = scale
        self._width = width

    def draw(self, lanes: list[Lane]) -> None:
        """Draw all lanes, from top to bottom."""
        self._frame(len(lanes))
        self._bands(lanes)
        for row, lane in enumerate(lanes):
            if row and lane.kind != lanes[row - 1].kind:
                self._axes.axhline(row - 0.5, color=LINES, linewidth=0.9, zorder=1)
            self._name(row, lane)
            self._spans(row, lane)
            self._marks(row, lane)
        self._cuts(len(lanes))

    def _frame(self, rows: int) -> None:
        axes = self._axes
        axes.set(xlim=(0, 1), ylim=(max(rows, 1) - 0.5, -0.5), yticks=[], facecolor="#ffffff")
        axes.tick_params(length=3, color=LINES, labelcolor=INK, labelsize=8.5)
        for side in axes.spines.values():
            side.set_color(LINES)
        ticks = self._scale.ticks() if rows else []
        axes.set_xticks([place for place, _ in ticks], [label for _, label in ticks])
        axes.grid(axis="x", color="#e6e9ec", linewidth=0.8)
        axes.set_axisbelow(True)

    def _bands(self, lanes: list[Lane]) -> None:
        """A band over all that stood still while an event loop was blocked."""
        for blocked in [lane for lane in lanes if any(span.kind == "blocked" for span in lane.spans)]:
            for row, lane in enumerate(lanes):
                if lane.processes & blocked.processes:
                    xs = [self._bar(span) for span in blocked.spans if span.kind == "blocked"]
                    self._axes.broken_barh(xs, (row - 0.5, 1), facecolor=BAND, edgecolor="none", zorder=0.9)

    def _say(self, x: float, y: float, words: str, **look: Any) -> None:
        """Write words, a stranger's too: a dollar in them is no formula."""
        self._axes.text(x, y, words, parse_math=False, **({"color": INK, "va": "center"} | look))

    def _name(self, row: int, lane: Lane) -> None:
        self._say(-0.012, row - (0.17 if lane.remark else 0), lane_name(lane), size=9, ha="right")
        if lane.remark:
            self._say(-0.012, row + 0.24, lane.remark, size=7.5, ha="right")

    def _spans(self, row: int, lane: Lane) -> None:
        for kind, style in SPANS.items():
            spans = [span for span in lane.spans if span.kind == kind]
            height = HEIGHTS[kind]
            top = row - height / 2
            if lane.crowd and kind in ("waiting", "served"):
                height, top = height / 2, top + (height / 2 if kind == "waiting" else 0)  # some of each at once
            if spans:
                self._axes.broken_barh(
                    [self._bar(span) for span in spans], (top, height), linewidth=0.7, zorder=2, **style
                )
            if not lane.crowd:
                for span in spans:
                    self._label(row, lane, span)

    def _label(self, row: int, lane: Lane, span: Span) -> None:
        left, width = self._bar(span)
        fitting = [words for words in _labels(lane, span) if (len(words) + 2) * _CHARACTER <= width * self._width]
        if fitting:
            look: dict[str, Any] = {"size": 8, "ha": "center", "va": "center_baseline", "zorder": 4}
            if span.kind == "served":
                look["color"] = "#ffffff"
            else:
                look["bbox"] = {"facecolor": SPANS[span.kind]["facecolor"], "edgecolor": "none", "pad": 1.2}
            self._say(left + width / 2, row, fitting[0], **look)

    def _marks(self, row: int, lane: Lane) -> None:
        free = -1.0
        for kind, style in MARKS.items():
            marks = [mark for mark in lane.marks if mark.kind == kind]
            xs = [self._scale.place(mark.t) for mark in marks]
            if marks:
                ys = [row + OFFSETS.get(kind, 0)] * len(marks)
                self._axes.scatter(xs, ys, zorder=10 if kind == "failed" else 5, clip_on=False, **style)
            if kind == "failed" or (kind == "note" and lane.kind in _TELLING):
                for x, mark in zip(xs, marks, strict=True):
                    free = self._word(row, x, mark, free)

    def _word(self, row: int, x: float, mark: Mark, free: float) -> float:
        """Say what a mark is beside it, where there is room; returns from where there is room again."""
        words = _shortened(mark.text)
        length = (len(words) + 2) * _CHARACTER / self._width
        right = x + length < 1
        if (x if right else x - length) < free:
            return free
        look = {"size": 8, "va": "center_baseline", "color": RED if mark.kind == "failed" else INK, "zorder": 9}
        paper = {"facecolor": "#ffffff", "edgecolor": "none", "pad": 1, "alpha": 0.85}
        self._say(x + (0.012 if right else -0.012), row, words, ha="left" if right else "right", bbox=paper, **look)
        return x + length if right else x

    def _cuts(self, rows: int) -> None:
        for cut in self._scale.cuts:
            width = cut.right - cut.left
            self._axes.broken_barh(
                [(cut.left, width)], (-0.5, max(rows, 1)), facecolor=PAPER, edgecolor="none", zorder=7
            )
            for x in (cut.left, cut.right):
                self._axes.axvline(x, color="#8a929b", linewidth=1, linestyle=(0, (1, 2)), zorder=8)
            words = f"{duration(cut.end - cut.start)} left out"
            middle = (cut.left + cut.right) / 2, (max(rows, 1) - 1) / 2
            self._say(*middle, words, size=7.5, rotation=90, ha="center", zorder=9)

    def _bar(self, span: Span) -> tuple[float, float]:
        left = self._scale.place(span.start)
        return left, self._scale.place(span.end) - left


def _shortened(text: str) -> str:
    """What went wrong, cut in the middle: the place at its end matters most."""
    text = one_line(text, 200)
    head, sign, place = text.rpartition(" (")
    if not sign or not text.endswith(")") or len(place) > _MOST_WORDS / 2:
        return one_line(text, _MOST_WORDS)
    return f"{one_line(head, _MOST_WORDS - len(place) - 2)} ({place}"


def _labels(lane: Lane, span: Span) -> list[str]:
    """What may be written into a bar, from the longest to the shortest."""
    if span.many or span.kind == "connected":
        return []
    lasted = duration(span.end - span.start)
    if span.kind == "nothing":
        return [f"nothing came for {lasted}", lasted]
    if span.kind == "blocked":
        return [f"event loop blocked {lasted}: {one_line(span.text)}", f"blocked {lasted}", "blocked"]
    if span.kind == "waiting":
        return [f"{'answer held' if span.text == ANSWER_HELD else 'waits'} {lasted}", lasted]
    if lane.kind == "http":
        return [f"{one_line(span.text, _MOST_WORDS)}: {lasted}", lasted]
    return [f"{'served' if lane.kind == 'clients' else 'at work'} {lasted}", lasted]
