"""A scale of time on which a picture stands: even, but for long pauses in which nothing happens, which are cut."""

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from math import floor, log10

from channels_lab.picture.timeline.lane import Lane, Timetable

__all__ = ["Cut", "Timescale"]

# A pause is cut that is longer than this (seconds), and than half of what is left without it: so the rhythm of those
# that are alike stays. From here on it is somebody who has run the next cell, and such pauses go all together.
_SHORTEST_CUT = 0.25
_BY_HAND = 3.0
# What a cut pause takes of the width, and all of them together.
_CUT_WIDTH = 0.04
_CUTS_WIDTH = 0.3
# How much of a pause stays at each of its ends, as a part of the time in which something happens.
_MARGIN = 0.03


@dataclass(frozen=True)
class Cut:
    """A pause that is left out: from `start` to `end` (seconds), drawn from `left` to `right` (0 to 1)."""

    start: float
    end: float
    left: float
    right: float


class Timescale:
    """Maps the times of some lanes, from `start` to `end` in seconds, to 0 … 1; a `whole` one leaves no pause out.

    Its ticks tell the time since `zero`.
    """

    def __init__(
        self, lanes: Iterable[Lane], start: float, end: float, *, zero: float | None = None, whole: bool = False
    ) -> None:
        self.start = start
        self.zero = start if zero is None else zero
        self.end = max(end, start + 0.001)
        pauses = [] if whole else list(_pauses(_busy(lanes, start, self.end)))
        cuts = _chosen(pauses, self.end - start)
        shown = self.end - start - sum(end - start for start, end in cuts)
        width = min(_CUT_WIDTH, _CUTS_WIDTH / len(cuts)) if cuts else 0.0
        self._per_second = (1 - width * len(cuts)) / shown
        self.cuts: list[Cut] = []
        at, left = start, 0.0
        for first, last in cuts:
            left += (first - at) * self._per_second
            self.cuts.append(Cut(first, last, left, left + width))
            at, left = last, left + width
        self._starts = [cut.start for cut in self.cuts]

    @classmethod
    def of(cls, table: Timetable) -> "Timescale":
        """The scale of a timetable: its own, or the one that it has in common with others."""
        if table.shown:
            return cls(table.lanes, table.start, table.start + table.shown, zero=table.zero, whole=True)
        return cls(table.lanes, table.start, table.end, zero=table.zero)

    def place(self, t: float) -> float:
        """Where a time is drawn, from 0 to 1."""
        t = min(max(t, self.start), self.end)
        number = bisect_right(self._starts, t) - 1
        if number < 0:
            return (t - self.start) * self._per_second
        cut = self.cuts[number]
        if t < cut.end:
            return cut.left + (cut.right - cut.left) * (t - cut.start) / (cut.end - cut.start)
        return min(cut.right + (t - cut.end) * self._per_second, 1.0)

    def ticks(self, most: int = 8) -> list[tuple[float, str]]:
        """Round times since `zero`, as (place, label): `0`, `500 ms`, `2 s`. At most so many, and none in a cut."""
        step = _round(1 / self._per_second / most)
        ticks: list[tuple[float, str]] = []
        edges = [self.start, *(edge for cut in self.cuts for edge in (cut.start, cut.end)), self.end]
        for first, last in zip(edges[::2], edges[1::2], strict=True):
            number = -floor(-(first - self.zero) / step + 1e-9)
            found = []
            while (t := number * step) <= last - self.zero + step / 1e6:
                found.append((self.place(self.zero + t), _label(t, step)))
                number += 1
            # After a cut, at least one: it tells how much later it is.
            ticks += found or [(self.place(first), _label(first - self.zero, step / 10))]
        kept = ticks[:1]
        for tick in ticks[1:]:
            if tick[0] - kept[-1][0] >= 0.6 / most:
                kept.append(tick)
        return kept


def _busy(lanes: Iterable[Lane], start: float, end: float) -> list[tuple[float, float]]:
    """When something happens, in order. To be connected is no happening."""
    found = [(start, start), (end, end)]
    for lane in lanes:
        found += [(mark.t, mark.t) for mark in lane.marks]
        for span in lane.spans:
            quiet = span.kind == "connected"
            found += [(span.start, span.start), (span.end, span.end)] if quiet else [(span.start, span.end)]
    return sorted(found)


def _pauses(busy: list[tuple[float, float]]) -> Iterator[tuple[float, float]]:
    until = busy[0][0]
    for start, end in busy:
        if start > until:
            yield until, start
        until = max(until, end)


def _chosen(pauses: list[tuple[float, float]], whole: float) -> list[tuple[float, float]]:
    """Which pauses are cut, less a margin at both ends."""
    longest_first = sorted(pauses, key=lambda pause: pause[0] - pause[1])
    without_long = whole - sum(end - start for start, end in pauses if end - start >= _BY_HAND)
    chosen, rest = [], whole
    for start, end in longest_first:
        length = end - start
        left = without_long if length >= _BY_HAND else rest - length
        if length < max(_SHORTEST_CUT, left / 2):
            break
        rest -= length
        chosen.append((start, end))
    margin = max(rest, 0.005) * _MARGIN
    return sorted(
        (start + min(margin, (end - start) / 4), end - min(margin, (end - start) / 4)) for start, end in chosen
    )


def _round(step: float) -> float:
    """The next of 1, 2, 5, 10, 20 … (also smaller) that is not less."""
    power = 10.0 ** floor(log10(step))
    return next(power * digit for digit in (1, 2, 5, 10) if power * digit >= step * (1 - 1e-9))


def _label(t: float, step: float) -> str:
    if t < step / 1000:
        return "0"
    if step < 0.1 and t < 1:
        return f"{t * 1000:.{max(0, -floor(log10(step * 1000)))}f} ms"
    return f"{t:.{max(0, -floor(log10(step) + 1e-9))}f} s"
