"""The outbox of a kernel: reports that the board does not have yet, in order, each with its id, and never too many."""

import json
import threading
import time
from collections import deque
from itertools import count
from typing import Any

from channels_lab.classroom.protocol import MOST_REPORTS

__all__ = ["Outbox"]

_MOST_WAITING = 1000
_MOST_IN_A_FRAME = 12_000  # characters: less than the board takes


class Outbox:
    """Any thread puts reports in. `flying` is the id of the last one that is on its way, 0 for none."""

    def __init__(self) -> None:
        self.waiting: deque[tuple[int, float, dict[str, Any]]] = deque()
        self.flying = 0
        self.lost = 0  # how many did not find place
        self._ids = count(1)
        self._lock = threading.Lock()

    def __len__(self) -> int:
        return len(self.waiting)

    def put(self, what: dict[str, Any]) -> None:
        """Let a report wait. Of places one behind the other, only the last counts: where one is."""
        with self._lock:
            if self.waiting and "chapter" in what:
                number, _, last = self.waiting[-1]
                if "chapter" in last and number > self.flying:
                    self.waiting.pop()
            if len(self.waiting) < _MOST_WAITING:
                self.waiting.append((next(self._ids), time.monotonic(), what))
            else:
                self.lost += 1

    def next_frame(self) -> list[dict[str, Any]]:
        """What goes next: the oldest reports, each with how long ago it was; clocks differ, and are not asked."""
        now, size = time.monotonic(), 0
        found: list[dict[str, Any]] = []
        with self._lock:
            for number, at, what in self.waiting:
                report = {"id": number, "ago": round(now - at, 1), **what}
                size += len(json.dumps(report))
                if found and (size > _MOST_IN_A_FRAME or len(found) == MOST_REPORTS):
                    break
                found.append(report)
            return found

    def fly(self, reports: list[dict[str, Any]]) -> None:
        """Note that these are on their way."""
        self.flying = reports[-1]["id"]

    def arrived(self, last: int | None) -> None:
        """Note that the board has all up to this id, and that nothing is on its way."""
        with self._lock:
            while last is not None and self.waiting and self.waiting[0][0] <= last:
                self.waiting.popleft()
            self.flying = 0
