"""Lanes over time: what a timeline draws. Times are seconds of the record's clock."""

from dataclasses import dataclass, field, replace
from typing import Literal

__all__ = ["Delay", "Lane", "Mark", "MarkKind", "Span", "SpanKind", "Timetable", "duration"]

# connected: or running; waiting: has something to do, and it is not its turn; served: it is, or is at work;
# nothing: waited, and nothing came; blocked: an event loop that did nothing else.
SpanKind = Literal["connected", "nothing", "waiting", "served", "blocked"]
# out: gave something out; in: took something in; note: a word beside; failed: with what went wrong.
MarkKind = Literal["out", "in", "note", "failed"]


@dataclass(frozen=True)
class Span:
    """A time in a lane; `many` stands for several that are too close together to be told apart."""

    start: float
    end: float
    kind: SpanKind
    text: str = ""
    many: bool = False


@dataclass(frozen=True)
class Mark:
    """A moment in a lane."""

    t: float
    kind: MarkKind
    text: str = ""


@dataclass(frozen=True)
class Delay:
    """How long a client's message took: `seconds` till the answer was out, or till it was handled, where none was.

    `waited` are those of them in which nobody was at work on it, `why` the reason, where it is known. `opening` is
    a handshake. `client` is "" for an HTTP request.
    """

    client: str
    start: float
    seconds: float
    waited: float
    text: str
    why: str = ""
    answered: bool = True
    opening: bool = False


@dataclass
class Lane:
    """One row: `kind` is one of `wire.cast.KINDS`, `whose` the client that it is there for, or "".

    `processes` are those whose event loop it hangs on. `crowd` is how many it stands for, if several; `remark` is
    said beside it.
    """

    name: str
    kind: str
    whose: str = ""
    processes: set[str] = field(default_factory=set)
    spans: list[Span] = field(default_factory=list)
    marks: list[Mark] = field(default_factory=list)
    crowd: int = 0
    remark: str = ""

    def within(self, start: float, end: float) -> "Lane":
        """The lane in a window of time."""
        spans = [
            replace(span, start=max(span.start, start), end=min(span.end, end))
            for span in self.spans
            if span.start <= end and span.end >= start
        ]
        marks = [mark for mark in self.marks if start <= mark.t <= end]
        return replace(self, spans=spans, marks=marks)


@dataclass
class Timetable:
    """Lanes from top to bottom, from `start` to `end`; `complete` is False where a record was full before its end.

    `began` is when its clock stands at 0: before its start, where it is a window of a longer one (None: at its start).
    `shown` are the seconds that a picture shows, no pause left out, where it has the scale of others; 0 for its own.
    """

    lanes: list[Lane]
    delays: list[Delay]
    start: float
    end: float
    complete: bool = True
    shown: float = 0
    began: float | None = None

    @property
    def zero(self) -> float:
        """When its clock stands at 0."""
        return self.start if self.began is None else self.began


def duration(seconds: float) -> str:
    """A time as a reader is told it: `0.4 ms`, `12 ms`, `1.00 s`, `3 min 20 s`."""
    if seconds < 0.01:
        return f"{seconds * 1000:.1f} ms"
    if seconds < 0.1:
        return f"{seconds * 1000:.0f} ms"
    if seconds < 60:
        return f"{seconds:.2f} s" if seconds < 10 else f"{seconds:.1f} s"
    return f"{seconds // 60:.0f} min {seconds % 60:.0f} s"
