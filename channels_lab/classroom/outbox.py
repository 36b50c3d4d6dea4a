"""The outbox of a kernel: reports that the board does not have yet, in order, each with its id, and never too many."""

import json
import secrets
import threading
import time
from collections import deque
from pathlib import Path
from typing import Any

from channels_lab.classroom.journal import Journal
from channels_lab.classroom.protocol import MOST_REPORTS

__all__ = ["Outbox"]

_MOST_WAITING = 1000
_MOST_IN_A_FRAME = 12_000  # characters: less than the board takes


class Outbox:
    """Any thread puts reports in. `flying` is the id of the last one that is on its way, 0 for none.

    `sender` is what the board tells outboxes apart by. With a `journal` what waits outlives the kernel.
    """

    def __init__(self, journal: Journal | None = None) -> None:
        self.sender = journal.sender if journal else _new_sender()
        self.waiting: deque[tuple[int, float, dict[str, Any]]] = deque()
        self.flying = 0
        self.lost = 0  # how many did not find place
        self._journal = journal
        self._last = 0
        self._lock = threading.Lock()

    @classmethod
    def kept_in(cls, folder: Path) -> "Outbox":
        """An outbox of this kernel's own, kept in a folder."""
        return cls(Journal(folder, _new_sender()))

    @classmethod
    def left_behind(cls, folder: Path) -> "list[Outbox]":
        """The outboxes of kernels that live no more, the oldest first. Each has its name: nothing counts twice."""
        found = []
        for journal in Journal.left_behind(folder):
            box = cls(journal)
            for number, at, what in journal.read():
                # A clock that was set back makes a report new, never one of the future.
                box._add(number, time.monotonic() - max(time.time() - at, 0), what)
            found.append(box)
        return sorted(found, key=lambda box: box.waiting[0][1] if box.waiting else 0)

    def __len__(self) -> int:
        return len(self.waiting)

    def put(self, what: dict[str, Any]) -> None:
        """Let a report wait. Of places one behind the other, only the last counts: where one is."""
        with self._lock:
            if self._add(self._last + 1, time.monotonic(), what) and self._journal:
                self._journal.add((self._last, time.time(), what))

    def waits(self) -> list[dict[str, Any]]:
        """What waits, in order."""
        with self._lock:
            return [what for _, _, what in self.waiting]

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
            if not self.waiting and self._journal:
                self._journal.clear()

    def close(self) -> None:
        """Let a later kernel have what waits."""
        with self._lock:
            if self._journal:
                self._journal.close()
                self._journal = None

    def _add(self, number: int, at: float, what: dict[str, Any]) -> bool:
        if self.waiting and "chapter" in what:
            before, _, last = self.waiting[-1]
            if "chapter" in last and before > self.flying:
                self.waiting.pop()
        if len(self.waiting) >= _MOST_WAITING:
            self.lost += 1
            return False
        self._last = number
        self.waiting.append((number, at, what))
        return True


def _new_sender() -> str:
    return secrets.token_urlsafe(9)
