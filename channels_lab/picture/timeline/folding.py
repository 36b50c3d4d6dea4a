"""Folding lanes for a timeline: crowds into one lane, and what is too close together to be drawn apart into one."""

from collections.abc import Iterable
from dataclasses import replace

from channels_lab.picture.timeline.lane import Lane, Mark, Span, Timetable
from channels_lab.picture.timeline.timescale import Timescale

__all__ = ["fold"]

# Kind of lane: how many are drawn, and how many are kept where there are more.
_MOST = {"clients": (6, 5), "consumers": (6, 5), "http": (6, 5)}
_MOST_OTHERS = (4, 3)
_CROWDS = {"clients": "others", "consumers": "others' consumers", "http": "more at once"}
# What differs by less of the width than this cannot be seen apart.
_FINEST = 1 / 200
_FINEST_MARKS = 1 / 100


def fold(table: Timetable, scale: Timescale) -> list[Lane]:
    """The lanes to draw. Of a crowd of clients those that failed are kept, and some from quickest to slowest."""
    kept_clients = _kept_clients(table)
    lanes: list[Lane] = []
    for kind in dict.fromkeys(lane.kind for lane in table.lanes):
        lanes += _of_kind([lane for lane in table.lanes if lane.kind == kind], kept_clients)
    return [_condensed(lane, scale) for lane in lanes]


def _kept_clients(table: Timetable) -> set[str]:
    clients = [lane for lane in table.lanes if lane.kind == "clients"]
    most, kept = _MOST["clients"]
    if len(clients) <= most:
        return {lane.name for lane in clients}
    longest = {lane.name: 0.0 for lane in clients}
    for delay in table.delays:
        if delay.client in longest and not delay.opening:
            longest[delay.client] = max(longest[delay.client], delay.seconds)
    failed = [lane.name for lane in clients if _has_failed(lane)][: kept // 2]
    others = [name for name in longest if name not in failed]
    speakers = sorted((name for name in others if longest[name]), key=lambda name: longest[name])
    wanted = kept - len(failed)
    if len(speakers) <= wanted:
        silent = [name for name in others if not longest[name]]
        return {*failed, *speakers, *silent[: wanted - len(speakers)]}
    return {*failed, *(speakers[round(number * (len(speakers) - 1) / (wanted - 1))] for number in range(wanted))}


def _has_failed(lane: Lane) -> bool:
    return any(mark.kind == "failed" for mark in lane.marks)


def _of_kind(lanes: list[Lane], clients: set[str]) -> list[Lane]:
    kind = lanes[0].kind
    most, kept = _MOST.get(kind, _MOST_OTHERS)
    if len(lanes) <= most:
        return lanes
    first = [lane for lane in lanes if lane.whose in clients] if kind in ("clients", "consumers") else lanes
    chosen = first[:kept]
    crowd = [lane for lane in lanes if not any(lane is one for one in chosen)]
    name = f"{len(crowd)} {_CROWDS.get(kind, 'others')}"
    merged = Lane(name, kind, processes=set().union(*(lane.processes for lane in crowd)), crowd=len(crowd))
    for lane in crowd:
        merged.spans += lane.spans
        merged.marks += [replace(mark, text=f"{lane.name}: {mark.text}") for mark in lane.marks]
    if (at_once := _at_once(span for span in merged.spans if span.kind == "waiting")) > 1:
        merged.remark = f"up to {at_once} wait at once"
    return [*chosen, merged]


def _at_once(spans: Iterable[Span]) -> int:
    """How many of these spans there are at most at one time."""
    edges = sorted(edge for span in spans for edge in ((span.start, 1), (span.end, -1)))
    most = now = 0
    for _, change in edges:
        now += change
        most = max(most, now)
    return most


def _condensed(lane: Lane, scale: Timescale) -> Lane:
    """The lane with spans and marks of a kind joined where they touch, or are closer than can be seen."""
    spans: list[Span] = []
    latest: dict[str, int] = {}  # kind → where its last span stands in `spans`
    for span in sorted(lane.spans, key=lambda span: (span.start, -span.end)):
        at = latest.get(span.kind)
        if at is not None and (joined := _joined(spans[at], span, scale)):
            spans[at] = joined
        else:
            latest[span.kind] = len(spans)
            spans.append(span)
    marks: dict[tuple[str, int], Mark] = {}
    for mark in sorted(lane.marks, key=lambda mark: mark.t):
        marks.setdefault((mark.kind, int(scale.place(mark.t) / _FINEST_MARKS)), mark)
    return replace(lane, spans=spans, marks=list(marks.values()))


def _joined(before: Span, span: Span, scale: Timescale) -> Span | None:
    length = scale.place(span.end) - scale.place(span.start)
    if span.start <= before.end:
        many, text = (before.many, before.text) if length < _FINEST else (False, span.text)
        return replace(before, end=max(before.end, span.end), text=text, many=many)
    gap = scale.place(span.start) - scale.place(before.end)
    short = before.many or scale.place(before.end) - scale.place(before.start) < _FINEST
    return replace(before, end=span.end, many=True) if short and max(gap, length) < _FINEST else None
