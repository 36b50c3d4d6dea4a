"""The scale of time."""

from itertools import pairwise

import pytest

from channels_lab.picture.timeline.lane import Lane, Mark, Span
from channels_lab.picture.timeline.timescale import Timescale


def scale(*moments: float, spans: list[Span] | None = None, end: float | None = None) -> Timescale:
    """A scale of these moments and spans."""
    lane = Lane("x", "clients", spans=spans or [], marks=[Mark(t, "out") for t in moments])
    return Timescale([lane], min(moments), max(moments) if end is None else end)


def test_even() -> None:
    """Without pauses, a scale is even from the start to the end, and what lies outside is drawn at its edge."""
    even = scale(10, 11, 12, 13, 14)
    assert [even.place(t) for t in (9, 10, 12, 14, 15)] == pytest.approx([0, 0, 0.5, 1, 1])
    assert not even.cuts


def test_a_pause_is_cut() -> None:
    """A pause that is longer than all the rest is cut, and takes a little of the width; the rest stays even."""
    cut = scale(0, 0.5, 1, 600, 600.5, 601)
    [pause] = cut.cuts
    assert 1 < pause.start < 1.1 and 599.9 < pause.end < 600
    assert pause.right - pause.left < 0.05
    assert cut.place(0.5) - cut.place(0) == pytest.approx(cut.place(600.5) - cut.place(600))
    assert cut.place(601) == 1


def test_what_goes_on_is_no_pause() -> None:
    """To be connected is a pause all the same; to wait or to be served is none, however long."""
    connected = scale(0, 1, 600, spans=[Span(0, 600, "connected")])
    waiting = scale(0, 1, 600, spans=[Span(1, 600, "waiting")])
    assert connected.cuts and not waiting.cuts


def test_short_pauses_stay() -> None:
    """A short pause stays, and so does a rhythm: pauses that are alike, unless somebody has made them by hand."""
    assert not scale(0, 0.2).cuts
    assert not scale(0, 0.01, 0.02, 0.2).cuts
    assert not scale(*range(10)).cuts
    assert len(scale(0, 0.1, 20, 20.1, 40, 40.1, 60, 60.1).cuts) == 3


def test_order() -> None:
    """A later time is never drawn before an earlier one."""
    long = scale(0, 1, 1.5, 50, 51, 400, 400.1, 9000)
    places = [long.place(number / 7) for number in range(7 * 9001)]
    assert all(one <= two for one, two in pairwise(places))
    assert places[0] == 0 and long.place(9000) == 1


def test_many_pauses() -> None:
    """However many pauses there are, what happens keeps most of the width, and ticks their distance."""
    many = scale(*(t for number in range(50) for t in (number * 100, number * 100 + 1)))
    assert len(many.cuts) == 49
    assert sum(cut.right - cut.left for cut in many.cuts) == pytest.approx(0.3)
    assert all(two - one > 0.05 for (one, _), (two, _) in pairwise(many.ticks()))


def test_ticks() -> None:
    """Ticks stand at round times since the start, in a unit that suits them, and never too many."""
    assert [label for _, label in scale(5, 5.5, 6, 6.5, 7).ticks()] == ["0", "0.5 s", "1.0 s", "1.5 s", "2.0 s"]
    assert [label for _, label in scale(0, 0.004, 0.008).ticks(4)] == ["0", "2 ms", "4 ms", "6 ms", "8 ms"]
    assert [label for _, label in scale(0, 0.0006, 0.001).ticks(5)][:2] == ["0", "0.2 ms"]
    assert [label for _, label in scale(0, spans=[Span(0, 100, "served")], end=100).ticks()][:3] == [
        "0",
        "20 s",
        "40 s",
    ]


def test_ticks_after_a_pause() -> None:
    """After a pause a tick says how much later it is."""
    ticks = scale(0, 0.01, 60, 60.01).ticks()
    assert ticks[-1][1].startswith("60.0")


def test_a_moment() -> None:
    """Of a single moment there is a scale, too."""
    assert scale(3).place(3) == 0 and scale(3).ticks()[0] == (0, "0")
