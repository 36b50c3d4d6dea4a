"""Turns: how many answers a worker judges at once, and which of them were judged in too great a crowd to be sure."""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass

__all__ = ["Turn", "Turns"]

_TICK = 0.05
# Clients wait for two seconds where no more is said. Who comes so late to their own clock is no witness of silence.
_LATE_SECONDS = 0.5


@dataclass
class Turn:
    """An answer's time before the judge: whether it was `alone`, when it `began`, and the `breaks` till then."""

    alone: bool
    began: float
    breaks: int


class Turns:
    """Lets `most` answers be judged at once, or one alone, in the order in which they ask; to be made in a loop.

    An answer that breaks its sandbox may take from the others what they need.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._free = asyncio.Semaphore(most)
        self._next = asyncio.Lock()
        self._breaks = 0
        self._late = 0.0
        self._watching = asyncio.create_task(self._watch())

    @contextlib.asynccontextmanager
    async def take(self, *, alone: bool = False) -> AsyncIterator[Turn]:
        """Wait for a turn, and have it."""
        places = self._most if alone else 1
        taken = 0
        try:
            async with self._next:  # who waits for all places is not overtaken
                for _ in range(places):
                    await self._free.acquire()
                    taken += 1
            yield Turn(alone, time.monotonic(), self._breaks)
        finally:
            for _ in range(taken):
                self._free.release()

    def note_break(self, turn: Turn) -> None:
        """The answer whose turn it is has broken its sandbox."""
        self._breaks += 1
        turn.breaks += 1

    def is_sure(self, turn: Turn, seconds: float) -> bool:
        """Whether what failed in this turn would have failed alone; `seconds` are more than it should take."""
        late = self._late > turn.began or time.monotonic() - turn.began > seconds
        return turn.alone or not (late or self._breaks > turn.breaks)

    async def _watch(self) -> None:
        """Look how late a clock comes here: this process waits for a core as servers do."""
        while True:
            due = time.monotonic() + _TICK
            await asyncio.sleep(_TICK)
            if time.monotonic() - due > _LATE_SECONDS:
                self._late = time.monotonic()
