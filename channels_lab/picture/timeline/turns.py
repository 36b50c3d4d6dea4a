"""Turns: of the time in which a connection had something to do, what was its turn, and what was another's."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from channels_lab.picture.timeline.blocks import Block, blocks_of
from channels_lab.record.events import Event

__all__ = ["Part", "Turns"]

Key = tuple[str, int]


@dataclass(frozen=True)
class Part:
    """A part of a time; `waiting` where it was another's turn."""

    start: float
    end: float
    waiting: bool


class Turns:
    """Who had to wait for whom: for the event loop that another's code held (`blocks`, by process), or, as the
    recorder has seen, for the one thread that synchronous handlers share.
    """

    def __init__(self, events: Iterable[Event]) -> None:
        events = sorted(events)
        self.blocks = blocks_of(events)
        self._late: defaultdict[Key, list[tuple[float, float]]] = defaultdict(list)
        for event in events:
            if event.kind == "turn":
                self._late[event.key].append((event.t - event.details["waited"], event.t))

    def during(self, process: str, start: float, end: float) -> list[Block]:
        """The blocks of a process that overlap a time."""
        return [block for block in self.blocks.get(process, ()) if block.start < end and block.end > start]

    def was_late(self, start: float, end: float, key: Key) -> bool:
        """Whether in this time a handler of the connection was seen to begin late."""
        return any(first < end and last > start for first, last in self._late.get(key, ()))

    def parts(self, start: float, end: float, key: Key) -> list[Part]:
        """Cut the time in which a connection had something to do."""
        waits = list(self._late.get(key, ()))
        for block in self.during(key[0], start, end):
            waits += [(first, last) for first, last, who in block.turns if who != key]
        found: list[Part] = []
        at = start
        for first, last in sorted(waits):
            if last > at and first < end:
                found += [Part(at, max(first, at), False), Part(max(first, at), min(last, end), True)]
                at = min(last, end)
        found.append(Part(at, end, False))
        return _joined(part for part in found if part.end > part.start)


def _joined(parts: Iterable[Part]) -> list[Part]:
    joined: list[Part] = []
    for part in parts:
        if joined and joined[-1].waiting == part.waiting:
            joined[-1] = Part(joined[-1].start, part.end, part.waiting)
        else:
            joined.append(part)
    return joined
