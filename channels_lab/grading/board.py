"""The board: what a learner has tried and done, as lines in a file of the workspace that only grows.

Each line is one thing that happened. A line is appended in one write, so that two kernels lose nothing; a line that
cannot be read is passed over, and a copy of the file is kept beside.
"""

import errno
import json
import os
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from channels_lab.course.safekeeping import keep, told

__all__ = ["Board", "Standing"]

_LOOKED, _TRIED, _DONE, _HINTED, _SOLVED, _KEPT = "looked", "tried", "done", "hint", "solution", "kept"


@dataclass
class Standing:
    """How far a task is; `tries` are those up to the first that passed, `solution` whether it was seen before.

    Times are seconds since the epoch, 0 for never.
    """

    tries: int = 0
    hints: int = 0
    solution: bool = False
    looked: float = 0
    finished: float = 0
    best: int = 0

    @property
    def done(self) -> bool:
        """Whether a check has passed once."""
        return self.finished > 0

    @property
    def minutes(self) -> int:
        """Minutes from the first look until it was done, at least one; 0 while it is not."""
        return max(1, round((self.finished - self.looked) / 60)) if self.done else 0


class Board:
    """The board in a workspace; raises LabError where the file cannot be written."""

    def __init__(self, workspace: Path) -> None:
        self.file = workspace / "progress.jsonl"
        self._kept = workspace / "kept"

    def look(self, number: str) -> None:
        """Note that a learner looks at a task, unless that is known."""
        if not self.standing(number).looked:
            self._note(number, _LOOKED)

    def tried(self, number: str, points: int, *, passed: bool) -> None:
        """Note a check of an answer that was attempted."""
        self.look(number)
        self._note(number, _DONE if passed else _TRIED, points=points)

    def hinted(self, number: str) -> int:
        """Note that a hint was given; returns how many that makes."""
        self.look(number)
        self._note(number, _HINTED)
        return self.standing(number).hints

    def solved(self, number: str) -> None:
        """Note that the solution was shown."""
        self.look(number)
        self._note(number, _SOLVED)

    def standing(self, number: str) -> Standing:
        """How far one task is."""
        return self.standings().get(number, Standing())

    def standings(self) -> dict[str, Standing]:
        """Number → how far it is, for the tasks of which something is noted."""
        found: dict[str, Standing] = {}
        for line in self._lines():
            standing = found.setdefault(line["task"], Standing())
            what, at = line["what"], float(line["at"])
            standing.looked = standing.looked or at
            if what in (_TRIED, _DONE):
                standing.tries += not standing.done
                standing.best = max(standing.best, int(line.get("points", 0)))
                standing.finished = standing.finished or (at if what == _DONE else 0)
            standing.hints += what == _HINTED
            standing.solution = standing.solution or (what == _SOLVED and not standing.done)
        return found

    def next(self, numbers: Iterable[str], after: str = "") -> str:
        """The task to do next: the first that is not done behind `after`, else the first of all; "" for none."""
        known = list(numbers)
        standings = self.standings()
        open_ones = [number for number in known if not standings.get(number, Standing()).done and number != after]
        behind = known[known.index(after) + 1 :] if after in known else known
        return next((number for number in open_ones if number in behind), open_ones[0] if open_ones else "")

    # The file

    def _note(self, number: str, what: str, **more: Any) -> None:
        line = json.dumps({"at": round(time.time(), 3), "task": number, "what": what, **more})
        with told(self.file):
            self.file.parent.mkdir(parents=True, exist_ok=True)
            if self.file.is_dir():
                keep(self._kept, self.file.name, self.file)
            handle = os.open(self.file, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
            try:
                # The line end in front: what was cut off before it, by a full disk, stays a line of its own.
                content = f"\n{line}\n".encode()
                if os.write(handle, content) < len(content):
                    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            finally:
                os.close(handle)

    def _lines(self) -> Iterator[dict[str, Any]]:
        if not self.file.is_file():
            return
        with told(self.file):
            text = self.file.read_bytes().decode(errors="replace")
        broken = kept = 0
        for line in filter(str.strip, text.split("\n")):
            try:
                read = json.loads(line)
                if read["what"] == _KEPT:
                    kept += int(read["lines"])
                    continue
                float(read["at"]), int(read.get("points", 0)), str.strip(read["task"]), str.strip(read["what"])
            except (ValueError, KeyError, TypeError, RecursionError):
                broken += 1
                continue
            yield read
        if broken > kept:
            keep(self._kept, f"broken-{self.file.name}", copied=self.file)
            self._note("", _KEPT, lines=broken - kept)
