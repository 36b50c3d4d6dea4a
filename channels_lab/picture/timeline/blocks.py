"""Blocks: when a process's event loop stood still, in which line of the project, and who ran meanwhile."""

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass, field
from math import inf

from channels_lab.picture.story.phrases import place_phrase
from channels_lab.record.events import Event

__all__ = ["Block", "blocks_of"]

# The recorder looks at the loop every 0.1 s: a block begins at most so long before it is seen, and a little.
_BEAT_SECONDS = 0.15
# What running code gives out. What comes in says only that the loop runs again.
_OUTPUTS = {"send", "layer", "log", "print", "error", "end", "unawaited"}

Key = tuple[str, int]


@dataclass
class Block:
    """A time in which a process's event loop did nothing but run the project's code at `place`.

    `start` and `end` are seconds of the record's clock; `end` is inf where it did not end. `turns` say who ran: (from,
    to, connection), the connection's number 0 where that is unknown. They are inferred: a loop runs one thing at a
    time, so what comes out at the end of a silence has run through it.
    """

    process: str
    start: float
    end: float
    place: str
    turns: list[tuple[float, float, Key]] = field(default_factory=list)


def blocks_of(events: Iterable[Event]) -> dict[str, list[Block]]:
    """The blocks of each process of a record that had any, in order."""
    by_process: dict[str, list[Event]] = {}
    for event in sorted(events):
        if event.side == "server" or (event.side == "process" and event.kind == "end"):
            by_process.setdefault(event.name, []).append(event)
    found = {process: _found(process, own) for process, own in by_process.items()}
    return {process: blocks for process, blocks in found.items() if blocks}


def _found(process: str, events: list[Event]) -> list[Block]:
    blocks: list[Block] = []
    seen: Block | None = None
    own = [event for event in events if event.side == "server" and event.kind != "stalled"]
    times = [event.t for event in own]
    for event in events:
        if event.kind == "stalled":
            if seen is None:
                asked = event.t - event.details["seconds"]
                # Before it was asked, the loop did something last: from then on it may have stood.
                before = times[max(bisect_right(times, asked) - 1, 0)] if times else asked
                start = before if 0 <= asked - before <= _BEAT_SECONDS else asked
                seen = Block(process, start, inf, place_phrase(event.details["frames"]).strip(" ()"))
                blocks.append(seen)
            if event.details.get("over"):
                seen.end, seen = event.t, None
        elif event.side == "process" and seen:
            seen.end, seen = event.t, None  # ended in the middle of it
    for block in blocks:
        block.turns = _turns(block, own[: bisect_right(times, block.end)])
    return blocks


def _turns(block: Block, events: list[Event]) -> list[tuple[float, float, Key]]:
    """Share a block out among the connections of its process."""
    turns: list[tuple[float, float, Key]] = []
    holder: Key = (block.process, 0)
    at = block.start
    for event in events:
        if event.t > block.start:
            if event.kind in _OUTPUTS and event.connection:
                holder = event.key
            turns.append((at, event.t, holder))
            at = event.t
        holder = event.key if event.connection else holder
    turns.append((at, block.end, holder))
    joined: list[tuple[float, float, Key]] = []
    for start, end, who in turns:
        if joined and joined[-1][2] == who:
            start = joined.pop()[0]
        joined.append((start, end, who))
    return joined
