"""Overrides: marks that a person has changed, each with its reason; a file that only grows, beside the results."""

import csv
import errno
import getpass
import io
import os
from collections.abc import Collection
from dataclasses import astuple, dataclass, fields
from datetime import UTC, datetime
from pathlib import Path

from channels_lab.course.safekeeping import write
from channels_lab.errors import LabError

__all__ = ["Override", "Overrides", "number_of", "shown"]

_MOST_BYTES = 20 * 2**20
_MOST_REASON = 2000


@dataclass(frozen=True)
class Override:
    """A mark as a person gave it: `points` for a task, or "" where they took back what they had given.

    `automatic` and `outcome` are what the judge had said then: "" where it had said nothing.
    """

    student: str
    task: str
    points: str
    reason: str
    who: str
    when: str
    automatic: str = ""
    outcome: str = ""


_COLUMNS = [field.name for field in fields(Override)]


class Overrides:
    """The file of them; raises LabError, with the line, for one that cannot be read. Of a task the last counts."""

    def __init__(self, place: Path) -> None:
        self.place = place
        self.by_task: dict[tuple[str, str], Override] = {}
        self._columns = _COLUMNS
        self._all = self._read() if place.exists() else []
        for one in self._all:
            self._take(one)

    def of(self, student: str, task: str) -> Override | None:
        """The one that counts."""
        return self.by_task.get((student, task))

    def add(self, one: Override) -> None:
        """Note one for good; raises LabError when that is impossible."""
        try:
            self.place.parent.mkdir(parents=True, exist_ok=True)
            if self._columns != _COLUMNS:
                # Somebody has begun the file by hand: it gets the columns that say who, and when.
                write(self.place, _lines([Override(*_COLUMNS), *self._all]).encode())
                self._columns = _COLUMNS
            # In one write, so that two who mark at once lose nothing.
            handle = os.open(self.place, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o644)
            try:
                size = os.fstat(handle).st_size
                whole = not size or os.pread(handle, 1, size - 1) == b"\n"
                content = (
                    ("" if whole else "\n") + _lines([] if size else [Override(*_COLUMNS)]) + _lines([one])
                ).encode()
                if os.write(handle, content) < len(content):
                    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            finally:
                os.close(handle)
        except OSError as error:
            raise LabError(f"{self.place} cannot be written: {error.strerror}.", "Free some space.") from None
        self._all.append(one)
        self._take(one)

    def change(
        self, student: str, task: str, points: float | None, reason: str, who: str, automatic: str, outcome: str
    ) -> Override:
        """Note one of now; `points` None takes back what was given. Raises LabError where there is no reason."""
        if not reason.strip():
            raise LabError("A mark is changed for a reason.", 'Say it:  --reason "…" .')
        told = " ".join(reason.split())[:_MOST_REASON]
        given = "" if points is None else shown(points)
        now = f"{datetime.now(UTC):%Y-%m-%d %H:%M:%S} UTC"
        self.add(Override(student, task, given, told, who or _user(), now, automatic, outcome))
        return self.by_task.get((student, task)) or Override(student, task, "", told, who, now)

    def unknown(self, known: Collection[tuple[str, str]]) -> list[Override]:
        """Those of a student and task that are not among these: nobody gets their points."""
        return [one for key, one in self.by_task.items() if key not in known]

    def _take(self, one: Override) -> None:
        if one.points:
            self.by_task[one.student, one.task] = one
        else:
            self.by_task.pop((one.student, one.task), None)

    def _read(self) -> list[Override]:
        fix = f"Its columns are {','.join(_COLUMNS)}; mend the line, or move the file away and mark again."
        try:
            if self.place.stat().st_size > _MOST_BYTES:
                raise LabError(f"{self.place} is bigger than {_MOST_BYTES >> 20} MiB.", fix)
            with self.place.open(encoding="utf-8-sig", newline="") as file:
                table = csv.DictReader(file, restval="", restkey="more")
                self._columns = list(table.fieldnames or _COLUMNS)
                missing = {"student", "task", "points", "reason"} - set(self._columns)
                if missing:
                    raise LabError(f"{self.place} has no column {', '.join(sorted(missing))}.", fix)
                return [self._one(row, table.line_num, fix) for row in table]
        except (OSError, UnicodeDecodeError, csv.Error) as error:
            raise LabError(f"{self.place} cannot be read: {error}.", fix) from None

    def _one(self, row: dict[str, str], line: int, fix: str) -> Override:
        if "more" in row:
            raise LabError(f"{self.place}, line {line}: it has more columns than the first line.", fix)
        one = Override(**{name: (row.get(name) or "").strip() for name in _COLUMNS})
        if not one.student or not one.task or not one.reason:
            raise LabError(f"{self.place}, line {line}: student, task or reason is missing.", fix)
        for value in filter(None, (one.points, one.automatic)):
            try:
                number_of(value)
            except LabError as error:
                raise LabError(f"{self.place}, line {line}: {error.message}", fix) from None
        return one


def _lines(rows: list[Override]) -> str:
    told = io.StringIO(newline="")
    csv.writer(told, lineterminator="\n").writerows(map(astuple, rows))
    return told.getvalue()


def number_of(text: str) -> float:
    """Points as a number, with two digits after the point at most; raises LabError for what is none."""
    try:
        value = round(float(text), 2)
        if not 0 <= value < 10_000:
            raise ValueError
        return value
    except ValueError:
        raise LabError(f"{text[:40]!r} is no number of points.", "Write it like 3 or 2.5 .") from None


def shown(points: float) -> str:
    """A number of points as it is written: 3, or 2.5."""
    return f"{points:.2f}".rstrip("0").rstrip(".")


def _user() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):
        return "unknown"
