"""What a client's lane shows: when it was connected, waited, and was served, and how long its messages took."""

from collections.abc import Iterator

from channels_lab.picture.timeline.lane import Delay, Lane, Mark, Span
from channels_lab.picture.timeline.turns import Turns
from channels_lab.picture.timeline.visits import Message, Visit

__all__ = ["ANSWER_HELD", "ClientSpans"]

# The text of a span in which an answer has been given and cannot go out.
ANSWER_HELD = "the answer is held"


class ClientSpans:
    """Adds visits to lanes. What is not over yet goes on till `now`; what never arrived has failed if `complete`."""

    def __init__(self, turns: Turns, now: float, *, complete: bool = True) -> None:
        self._turns = turns
        self._now = now
        self._complete = complete

    def add(self, visit: Visit, lane: Lane) -> Iterator[Delay]:
        """Add one visit to its client's lane, and yield how long its messages took."""
        end = self._now if visit.end is None else visit.end
        opened = visit.handshake.received if visit.noted else visit.handshake.answered
        if opened is not None and not visit.failure:
            lane.spans.append(Span(opened, end, "connected"))
        if visit.failure:
            lane.marks.append(Mark(end, "failed", visit.failure))
        if visit.key:
            lane.processes.add(visit.key[0])
        before: Message | None = None
        for message in [visit.handshake, *visit.messages]:
            yield from self._message(visit, message, before, end, lane)
            before = message
        lane.marks += [Mark(t, "in") for t in (visit.received if visit.noted else visit.given)]

    def _message(
        self, visit: Visit, message: Message, before: Message | None, end: float, lane: Lane
    ) -> Iterator[Delay]:
        started = message.sent if message.sent is not None else message.reached
        if started is None:
            return
        if message is not visit.handshake:
            lane.marks.append(Mark(started, "out", message.text))
        spans = self._spans(visit, message, started, end)
        lane.spans += spans
        if message.reached is None and visit.end is not None and self._complete and message is not visit.handshake:
            lane.marks.append(Mark(end, "failed", f"never reached the application: {message.text}"))
        if spans:
            waited = sum(span.end - span.start for span in spans if span.kind == "waiting")
            over = max(span.end for span in spans)
            answered = message.answered is not None
            why = self._why(visit, message, before, started, over) if waited else ""
            opening = message is visit.handshake
            yield Delay(visit.client, started, over - started, waited, message.text, why, answered, opening)

    def _spans(self, visit: Visit, message: Message, started: float, end: float) -> list[Span]:
        """The way of a message as spans: waiting, served, and waiting again while the answer cannot go out."""
        if message.reached is None or visit.key is None:
            # A handshake of which the application never hears was answered by somebody.
            over = message.received if message is visit.handshake and message.received is not None else end
            return [Span(started, over, "waiting", message.text)]
        spans = [Span(started, message.reached, "waiting", message.text)]
        done = message.answered if message.answered is not None else message.handled
        if done is None and message is visit.handshake:
            done = end if visit.gone is None else min(visit.gone, end)  # neither accepted nor refused
        if done is not None:
            for part in self._turns.parts(message.reached, done, visit.key):
                spans.append(Span(part.start, part.end, "waiting" if part.waiting else "served", message.text))
        if message is visit.handshake and message.answered is None and message.received is not None and done:
            # The application failed. The server sees that when it looks, once a second.
            spans.append(Span(done, message.received, "waiting", ANSWER_HELD))
        if message.answered is not None and message.received is not None:
            # Given out, an answer goes on its way when the event loop runs again. The client may read it far later.
            for block in self._turns.during(visit.key[0], message.answered, message.received):
                if block.start <= message.answered:
                    spans.append(Span(message.answered, min(block.end, message.received), "waiting", ANSWER_HELD))
        return [span for span in spans if span.end > span.start]

    def _why(self, visit: Visit, message: Message, before: Message | None, started: float, over: float) -> str:
        if visit.key is None:
            return ""
        blocks = self._turns.during(visit.key[0], started, over)
        if blocks:
            longest = max(blocks, key=lambda block: min(block.end, over) - max(block.start, started))
            return f"the event loop was blocked{f' in {longest.place}' if longest.place else ''}"
        if self._turns.was_late(started, over, visit.key):
            return "another synchronous handler was at work in the thread that they share"
        done = before and (before.answered if before.answered is not None else before.handled)
        if done and message.reached and started < done <= message.reached:
            return "its consumer was at work on the message before"
        return ""
