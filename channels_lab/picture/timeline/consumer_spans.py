"""What the lanes of consumers and workers show: when each was there, and when it was at work."""

from collections.abc import Callable

from channels_lab.picture.story.phrases import message_phrase, payload_phrase, place_phrase
from channels_lab.picture.timeline.lane import Lane, Mark, Span
from channels_lab.picture.timeline.turns import Turns
from channels_lab.record.events import Event

__all__ = ["ConsumerSpans"]

Key = tuple[str, int]


class ConsumerSpans:
    """Follows the WebSocket connections and workers of a record, event by event, in order.

    A consumer is at work from when it took something in till it gave something out last, before it took in the next;
    but not while another's code held the event loop.
    """

    def __init__(self, turns: Turns, lane_of: Callable[[Key], Lane]) -> None:
        self._turns = turns
        self._lane_of = lane_of
        self._open: dict[Key, float] = {}
        self._accepted: set[Key] = set()
        self._workers: set[Key] = set()
        self._work: dict[Key, Span] = {}

    def follow(self, event: Event) -> None:
        """Take in an event of a connection."""
        key, lane = event.key, self._lane_of(event.key)
        if event.kind == "open":
            self._open[key] = event.t
            if event.details["type"] == "channel":
                self._workers.add(key)
        elif event.kind == "receive":
            self._receive(event, lane)
        elif event.kind == "send":
            self._send(event, lane)
        elif event.kind == "layer":
            self._layer(event, lane)
        elif event.kind == "unawaited":
            lane.marks.append(Mark(event.t, "failed", f"{event.details['coroutine']}() was never awaited"))
        elif event.kind in ("error", "end"):
            self._over(event, lane)

    def finish(self, now: float) -> None:
        """Add what is not over yet, as far as it is known."""
        for key in list(self._open):
            self._close(key, now, self._lane_of(key))

    def _receive(self, event: Event, lane: Lane) -> None:
        what = event.details["event"]
        kind = what.get("type")
        self._took_in(event, str(kind))
        if kind == "websocket.receive":
            lane.marks.append(Mark(event.t, "in", payload_phrase(what)))
        elif event.key in self._workers:
            lane.marks.append(Mark(event.t, "in", message_phrase(what)))

    def _send(self, event: Event, lane: Lane) -> None:
        what = event.details["event"]
        self._gave_out(event)
        if what.get("type") == "websocket.accept":
            self._accepted.add(event.key)
        elif what.get("type") == "websocket.send":
            lane.marks.append(Mark(event.t, "out", payload_phrase(what)))
        elif what.get("type") == "websocket.close":
            accepted = event.key in self._accepted
            text = f"close ({what.get('code', 1000)})" if accepted else "close before accept: HTTP 403"
            lane.marks.append(Mark(event.t, "note" if accepted else "failed", text))

    def _layer(self, event: Event, lane: Lane) -> None:
        if "error" in event.details:
            return  # told in the layer's lane
        if event.details["call"] != "receive":
            self._gave_out(event)
        elif event.key not in self._workers:
            text = message_phrase(event.details["message"])
            self._took_in(event, text)
            lane.marks.append(Mark(event.t, "in", text))

    def _over(self, event: Event, lane: Lane) -> None:
        self._gave_out(event)
        # Cancelled is what runs when the server stops.
        if event.kind == "error" and not event.details["error"].startswith("CancelledError"):
            text = f"{event.details['error']}{place_phrase(event.details.get('frames'))}"
            lane.marks.append(Mark(event.t, "failed", text))
        self._close(event.key, event.t, lane)

    def _took_in(self, event: Event, text: str) -> None:
        self._add_work(event.key)
        self._work[event.key] = Span(event.t, event.t, "served", text)

    def _gave_out(self, event: Event) -> None:
        if work := self._work.get(event.key):
            self._work[event.key] = Span(work.start, event.t, work.kind, work.text)

    def _add_work(self, key: Key) -> None:
        if (work := self._work.pop(key, None)) and work.end > work.start:
            own = [part for part in self._turns.parts(work.start, work.end, key) if not part.waiting]
            self._lane_of(key).spans += [Span(turn.start, turn.end, "served", work.text) for turn in own]

    def _close(self, key: Key, t: float, lane: Lane) -> None:
        self._add_work(key)
        if (start := self._open.pop(key, None)) is not None and key not in self._workers:
            lane.spans.append(Span(start, t, "connected"))
