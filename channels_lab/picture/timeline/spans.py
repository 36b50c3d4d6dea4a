"""Spans: from the events of a record to lanes over time, in which one sees who waits while whom is served."""

from collections.abc import Iterable
from dataclasses import replace
from math import inf

from channels_lab.picture.story.cast import KINDS, UNNAMED, Cast
from channels_lab.picture.story.phrases import call_phrase, end_phrase
from channels_lab.picture.timeline.client_spans import ClientSpans
from channels_lab.picture.timeline.consumer_spans import ConsumerSpans
from channels_lab.picture.timeline.lane import Delay, Lane, Mark, MarkKind, Span, Timetable
from channels_lab.picture.timeline.request_spans import RequestSpans
from channels_lab.picture.timeline.turns import Turns
from channels_lab.picture.timeline.visits import visits
from channels_lab.record.events import Event

__all__ = ["timetable"]

_NORMAL_ENDS = (1000, 1001, 1005, None)

Key = tuple[str, int]


def timetable(
    events: Iterable[Event],
    *,
    clients: Iterable[str] | None = None,
    lanes: Iterable[str] | None = None,
    since: float = 0,
    until: float = inf,
) -> Timetable:
    """Tell a record as lanes over time.

    `clients` keeps some clients' connections, `lanes` some kinds of lane (of KINDS), `since` and `until` are seconds
    after the first moment that is shown without them. Without `lanes` the log is left out, and so are processes but for
    those whose event loop was blocked, or that ended unexpectedly.
    """
    events = sorted(events)
    table = _Builder(events, clients).table()
    wanted = None if lanes is None else set(lanes)
    kept = [lane for lane in table.lanes if _is_wanted(lane, wanted)]
    # Where clients are told of, a process's long life before and after them is not.
    lasting = () if wanted is not None else ("processes", "workers")
    telling = [_telling(lane) if lane.kind in lasting else lane for lane in kept]
    moments = [t for lane in telling for t in _moments(lane)] or [0.0]
    began = min(moments)
    start = began + max(since, 0)
    end = max(start, min(max(moments), began + until))
    kept = [lane.within(start, end) for lane in kept]
    kept = [lane for lane in kept if lane.spans or lane.marks]
    delays = [d for d in table.delays if d.start <= end and d.start + d.seconds >= start]
    delays = delays if wanted is None or wanted & {"clients", "http"} else []
    return Timetable(kept, delays, start, end, table.complete, began=began)


def _is_wanted(lane: Lane, wanted: set[str] | None) -> bool:
    if wanted is not None:
        return lane.kind in wanted
    if lane.kind == "processes":
        telling = _telling(lane)
        return bool(telling.spans or telling.marks)
    return lane.kind != "log"


def _telling(lane: Lane) -> Lane:
    spans = [span for span in lane.spans if span.kind != "connected"]
    return replace(lane, spans=spans, marks=[mark for mark in lane.marks if mark.kind != "note"])


def _moments(lane: Lane) -> list[float]:
    return [t for span in lane.spans for t in (span.start, span.end)] + [mark.t for mark in lane.marks]


class _Builder:
    def __init__(self, events: list[Event], clients: Iterable[str] | None) -> None:
        self.events = events
        self.only = None if clients is None else set(clients)
        self.cast = Cast(events)
        self.turns = Turns(events)
        self.now = events[-1].t if events else 0.0
        self.lanes: dict[str, Lane] = {}
        self.started: dict[str, float] = {}  # when each process that runs was started
        self.http: set[Key] = set()
        self.requests = RequestSpans(self.turns)
        self.consumers = ConsumerSpans(self.turns, self._connection_lane)

    def table(self) -> Timetable:
        complete = not any(event.kind == "full" for event in self.events)
        clients = ClientSpans(self.turns, self.now, complete=complete)
        delays: list[Delay] = []
        for visit in visits(self.events, self.cast):
            if self._is_wanted(visit.client):
                delays += clients.add(visit, self._lane(visit.client, whose=visit.client))
        for event in self.events:
            if event.side == "process":
                self._process(event)
            elif event.side == "client" and self._is_wanted(event.name):
                self._client(event)
            elif event.side == "server" and self._is_wanted(self.cast.peer.get(event.key)):
                self._server(event)
        self.consumers.finish(self.now)
        self._finish_processes()
        rows, waits = self.requests.lanes(self.now)
        lanes = sorted([*self.lanes.values(), *rows], key=lambda lane: KINDS.index(lane.kind))
        return Timetable(lanes, sorted([*delays, *waits], key=lambda d: d.start), 0, self.now, complete)

    def _is_wanted(self, client: str | None) -> bool:
        return self.only is None or client in self.only

    def _lane(self, name: str, *, whose: str = "", process: str = "") -> Lane:
        lane = self.lanes.setdefault(name, Lane(name, self.cast.kind.get(name, "consumers"), whose))
        lane.processes |= {process} if process else set()
        return lane

    def _connection_lane(self, key: Key) -> Lane:
        return self._lane(self.cast.lane[key], whose=self.cast.peer[key], process=key[0])

    def _process_lane(self, process: str) -> Lane:
        return self._lane(self.cast.process(process), process=process)

    def _client(self, event: Event) -> None:
        lane = self._lane(event.name, whose=event.name)
        if event.kind == "waited":
            lane.spans.append(Span(event.t - event.details["seconds"], event.t, "nothing"))
        elif event.kind == "closed" and event.details["code"] not in _NORMAL_ENDS:
            lane.marks.append(Mark(event.t, "failed", f"closed with {event.details['code']}"))

    def _process(self, event: Event) -> None:
        lane = self._process_lane(event.name)
        if event.kind == "start":
            self.started[event.name] = event.t
        elif event.kind == "ready":
            lane.marks.append(Mark(event.t, "note", "ready"))
        elif event.kind == "end":
            lane.spans.append(Span(self.started.pop(event.name, event.t), event.t, "connected"))
            lane.marks.append(Mark(event.t, "note" if event.details["asked"] else "failed", end_phrase(event)))

    def _finish_processes(self) -> None:
        for process, start in self.started.items():
            self._process_lane(process).spans.append(Span(start, self.now, "connected"))
        for process, blocks in self.turns.blocks.items():
            spans = [Span(block.start, min(block.end, self.now), "blocked", block.place) for block in blocks]
            self._process_lane(process).spans += spans

    def _server(self, event: Event) -> None:
        is_request = event.kind == "open" and event.details["type"] == "http"
        if is_request or event.key in self.http:
            self.http.add(event.key)
            lane, who = self.cast.lane[event.key], self.cast.peer[event.key]
            self.requests.follow(event, lane if who == UNNAMED else f"{lane} for {who}")
        elif event.key in self.cast.lane:
            self.consumers.follow(event)
        elif event.kind == "unawaited":
            text = f"{event.details['coroutine']}() was never awaited"
            self._process_lane(event.name).marks.append(Mark(event.t, "failed", text))
        if event.kind in ("layer", "dropped"):
            self._layer(event)
        elif event.kind in ("log", "print"):
            self._log(event)

    def _layer(self, event: Event) -> None:
        details = event.details
        lane = self._lane(self.cast.layer(event.name))
        if event.kind == "dropped":
            count = details["count"]
            text = f"dropped for {count} full {'channel' if count == 1 else 'channels'}: {details['to']}"
            lane.marks.append(Mark(event.t, "failed", text))
        elif "error" in details:
            lane.marks.append(Mark(event.t, "failed", details["error"]))
        elif details["call"] in ("send", "group_send"):
            lane.marks.append(Mark(event.t, "in", call_phrase(details)))

    def _log(self, event: Event) -> None:
        text = event.details["text"]
        level = event.details.get("level", "")
        kind: MarkKind = "failed" if level in ("ERROR", "CRITICAL") else "note"
        self._lane(self.cast.log(event.name)).marks.append(Mark(event.t, kind, f"{level} {text}".strip()))
