"""Folding lanes."""

from channels_lab.picture.timeline.folding import fold
from channels_lab.picture.timeline.lane import Delay, Lane, Mark, Span, Timetable
from channels_lab.picture.timeline.timescale import Timescale


def folded(lanes: list[Lane], delays: list[Delay] | None = None, end: float = 1) -> list[Lane]:
    """These lanes, folded, from 0 to `end`."""
    return fold(Timetable(lanes, delays or [], 0, end), Timescale(lanes, 0, end))


def crowd(number: int) -> tuple[list[Lane], list[Delay]]:
    """Clients and their consumers, each of whom waits a little longer than the one before."""
    lanes = [
        Lane(f"c{n:02}", "clients", f"c{n:02}", {"main"}, [Span(0, 0.01 * (n + 1), "waiting")]) for n in range(number)
    ]
    lanes += [Lane(f"c{n:02}'s consumer", "consumers", f"c{n:02}", {"main"}) for n in range(number)]
    return lanes, [Delay(f"c{n:02}", 0, 0.01 * (n + 1), 0, "x") for n in range(number)]


def test_a_few() -> None:
    """Up to six clients are drawn each in a lane."""
    assert [lane.name for lane in folded(*crowd(6))][:6] == [f"c{n:02}" for n in range(6)]


def test_a_crowd() -> None:
    """Of more, five are kept, evenly from quickest to slowest; the rest is one lane, and so for their consumers."""
    lanes = folded(*crowd(40))
    assert [lane.name for lane in lanes[:6]] == ["c00", "c10", "c20", "c29", "c39", "35 others"]
    assert [lane.name for lane in lanes[6:]] == [
        *(f"{name}'s consumer" for name in ("c00", "c10", "c20", "c29", "c39")),
        "35 others' consumers",
    ]
    assert (lanes[5].crowd, lanes[5].remark, lanes[5].processes) == (35, "up to 35 wait at once", {"main"})


def test_who_failed_is_kept() -> None:
    """Who failed is kept, two at most; who has spoken goes before who has not."""
    lanes, _ = crowd(40)
    for lane in lanes[30:33]:
        lane.marks.append(Mark(0.5, "failed", "no"))
    names = [
        lane.name for lane in folded(lanes, [Delay("c35", 0, 0.3, 0, "x"), Delay("c36", 0, 9, 0, "x", opening=True)])
    ]
    assert {"c30", "c31", "c35"} < set(names[:5]) and "c32" not in names and "c36" not in names


def test_marks_of_a_crowd() -> None:
    """What went wrong in a crowd says for whom."""
    lanes, delays = crowd(40)
    for lane in lanes[30:33]:
        lane.marks.append(Mark(0.5, "failed", "no"))
    assert [mark.text for mark in folded(lanes, delays)[5].marks] == ["c32: no"]


def test_other_kinds() -> None:
    """Lanes of other kinds are bounded, too."""
    many = [Lane(f"{kind} {n}", kind) for kind in ("http", "workers", "processes", "log") for n in range(50)]
    assert [lane.name for lane in folded(many) if lane.crowd] == [
        "45 more at once",
        "47 others",
        "47 others",
        "47 others",
    ]


def test_touching_spans_are_one() -> None:
    """Spans of a kind that touch or overlap are drawn as one; of different kinds they stay apart."""
    spans = [Span(0, 0.3, "waiting", "a"), Span(0.3, 0.5, "waiting", "b"), Span(0.4, 0.6, "served", "c")]
    [lane] = folded([Lane("x", "clients", spans=spans)])
    assert [(s.start, s.end, s.kind, s.many) for s in lane.spans] == [
        (0, 0.5, "waiting", False),
        (0.4, 0.6, "served", False),
    ]


def test_a_flood() -> None:
    """However many spans and marks there are, those are drawn that can be told apart; joined ones say so."""
    spans = [Span(n / 10000, n / 10000 + 0.00003, "served") for n in range(10000)]
    marks = [Mark(n / 10000, "in", str(n)) for n in range(10000)]
    [lane] = folded([Lane("x", "clients", spans=spans, marks=marks)])
    assert len(lane.spans) == 1 and lane.spans[0].many
    assert len(lane.marks) <= 101


def test_a_long_span_keeps_its_length() -> None:
    """Short spans beside a long one do not make it longer."""
    spans = [Span(0, 0.5, "waiting"), Span(0.501, 0.502, "waiting"), Span(0.503, 0.504, "waiting")]
    [lane] = folded([Lane("x", "clients", spans=spans)])
    assert [(s.start, s.end, s.many) for s in lane.spans] == [(0, 0.5, False), (0.501, 0.504, True)]
