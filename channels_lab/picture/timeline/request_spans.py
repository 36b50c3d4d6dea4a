"""What the lanes of HTTP show: each request from its arrival to its last chunk, side by side where they overlap."""

from dataclasses import dataclass, field

from channels_lab.picture.story.phrases import body_phrase, place_phrase, target_phrase
from channels_lab.picture.timeline.lane import Delay, Lane, Mark, Span
from channels_lab.picture.timeline.turns import Turns
from channels_lab.record.events import Event

__all__ = ["RequestSpans"]

Key = tuple[str, int]


@dataclass
class _Request:
    key: Key
    lane: str
    start: float
    text: str
    answered: float | None = None
    end: float | None = None
    streamed: bool = False
    marks: list[Mark] = field(default_factory=list)


class RequestSpans:
    """Follows the HTTP requests of a record, event by event, in order."""

    def __init__(self, turns: Turns) -> None:
        self._turns = turns
        self._requests: dict[Key, _Request] = {}

    def follow(self, event: Event, lane: str) -> None:
        """Take in an event of an HTTP connection, which is told in this lane."""
        if event.kind == "open":
            text = f"{event.details['method']} {target_phrase(event.details)}"
            self._requests[event.key] = _Request(event.key, lane, event.t, text)
        elif (request := self._requests.get(event.key)) is None:
            return
        elif event.kind == "send":
            self._send(request, event)
        elif event.kind == "error":
            text = f"{event.details['error']}{place_phrase(event.details.get('frames'))}"
            request.marks.append(Mark(event.t, "failed", text))
            request.end = request.end or event.t
        elif event.kind == "end":
            request.end = request.end or event.t
        elif event.kind == "receive" and event.details["event"].get("type") == "http.disconnect" and not request.end:
            request.end = event.t
            request.marks.append(Mark(event.t, "failed", "the client went away"))

    def _send(self, request: _Request, event: Event) -> None:
        what = event.details["event"]
        if what.get("type") == "http.response.start":
            request.answered = event.t
            status = what.get("status")
            request.text += f" {status}"
            if not isinstance(status, int) or status >= 400:
                request.marks.append(Mark(event.t, "failed", request.text))
        elif what.get("type") == "http.response.body":
            request.streamed |= bool(what.get("more_body"))
            if request.streamed and (text := body_phrase(what)):
                request.marks.append(Mark(event.t, "out", text))
            if not what.get("more_body"):
                request.end = event.t
                if not request.streamed:
                    request.marks.append(Mark(event.t, "out", request.text))

    def lanes(self, now: float) -> tuple[list[Lane], list[Delay]]:
        """The lanes, as many as there were requests at once, and how long each request took to be answered."""
        lanes: list[Lane] = []
        free: dict[str, list[tuple[float, Lane]]] = {}  # from when on each lane is free
        delays = []
        for request in self._requests.values():
            end = now if request.end is None else request.end
            rows = free.setdefault(request.lane, [])
            number = next((n for n, (since, _) in enumerate(rows) if since <= request.start), len(rows))
            if number == len(rows):
                name = request.lane if not number else f"{request.lane} {number + 1}"
                rows.append((0, Lane(name, "http", processes={request.key[0]})))
                lanes.append(rows[number][1])
            lane = rows[number][1]
            rows[number] = (end, lane)
            lane.spans += [Span(request.start, end, "connected", request.text)]
            parts = self._turns.parts(request.start, end, request.key)
            lane.spans += [Span(p.start, p.end, "waiting" if p.waiting else "served", request.text) for p in parts]
            lane.marks += request.marks
            if request.answered is not None:
                seconds = request.answered - request.start
                waited = sum(part.end - part.start for part in parts if part.waiting)
                delays.append(Delay("", request.start, seconds, min(waited, seconds), request.text))
        return lanes, delays
