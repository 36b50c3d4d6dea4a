"""grading.toml: where a teacher writes the deadlines down, found, and read with care."""

import tomllib
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from difflib import get_close_matches
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from channels_lab.errors import LabError
from channels_lab.marking.deadlines import Rules

__all__ = ["RULES", "find_rules", "read_rules"]

RULES = "grading.toml"
_WORDS = ("time_zone", "students", "counts", "deadlines", "extensions", "late")
_LATE = ("grace_minutes", "percent_per_day", "at_most_percent")
_COUNTS = ("latest", "first", "latest in time")
_EXAMPLE = 'Write it like  06 = 2026-11-20T23:59:00 , and once  time_zone = "Europe/Berlin" .'


def find_rules(submitted: Path, root: Path) -> Path | None:
    """The file beside the submissions, else at the course's root; never among what students have handed in."""
    for folder in (submitted.resolve().parent, root):
        if (folder / RULES).is_file():
            return folder / RULES
    return None


def read_rules(place: Path, chapters: Iterable[str]) -> Rules:
    """Read it; raises LabError, which names the word and says how to write it, for anything that it does not know."""
    try:
        told = tomllib.loads(place.read_text(encoding="utf-8"))
    except OSError as error:
        raise LabError(f"{place} cannot be read: {error.strerror}.") from None
    except ValueError as error:
        raise LabError(f"{place} is not written in TOML: {error}.", _EXAMPLE) from None
    try:
        return _Reader(place, set(chapters), told).rules()
    except LabError as error:
        raise LabError(f"{place}: {error.message}", error.fix) from None


class _Reader:
    def __init__(self, place: Path, chapters: set[str], told: dict[str, Any]) -> None:
        self.place, self.chapters, self.told = place, chapters, told
        self.zone: tzinfo | None = None

    def rules(self) -> Rules:
        """Everything that it says."""
        _known(self.told, _WORDS)
        if "time_zone" in self.told:
            self.zone = _zone(self.told["time_zone"])
        students = self.told.get("students")
        if students is not None and not isinstance(students, str):
            raise LabError("students is no path.", 'Write it like  students = "students.csv" .')
        counts = self.told.get("counts", "latest")
        if counts not in _COUNTS:
            raise LabError(f"counts = {counts!r} is not known.", f"It is one of {', '.join(map(repr, _COUNTS))}.")
        late = _table(self.told, "late")
        _known(late, _LATE)
        extensions = {
            student: self._times(times, f"extensions.{student}")
            for student, times in _table(self.told, "extensions").items()
        }
        return Rules(
            self.zone or UTC,
            self.place.parent / students if students else None,
            counts,
            self._times(_table(self.told, "deadlines"), "deadlines"),
            extensions,
            timedelta(minutes=_number(late, "grace_minutes", 0, 7 * 24 * 60)),
            _number(late, "percent_per_day", 0, 100),
            _number(late, "at_most_percent", 100, 100),
            self.place,
        )

    def _times(self, times: Any, where: str) -> dict[str, datetime]:
        if not isinstance(times, dict):
            raise LabError(f"{where} is no table of chapters and times.", _EXAMPLE)
        found = {}
        for chapter, moment in times.items():
            number = chapter.zfill(2)
            if number not in self.chapters:
                raise LabError(f"{where}: there is no chapter {chapter!r}.", f"There are {_listed(self.chapters)}.")
            found[number] = self._moment(moment, f"{where}.{chapter}")
        return found

    def _moment(self, told: Any, where: str) -> datetime:
        """A time with its zone; a day without a time is due at its end."""
        moment: datetime | date | None = None
        if isinstance(told, str):
            try:
                moment = datetime.fromisoformat(told)
            except ValueError:
                raise LabError(f"{where} = {told[:60]!r} is no time.", _EXAMPLE) from None
        elif isinstance(told, date):
            moment = told
        if isinstance(moment, date) and not isinstance(moment, datetime):
            moment = datetime.combine(moment, time(23, 59, 59))
        if not isinstance(moment, datetime):
            raise LabError(f"{where} is no time.", _EXAMPLE)
        if not moment.tzinfo:
            if not self.zone:
                raise LabError(
                    f"{where} does not say its time zone.",
                    'Write  time_zone = "Europe/Berlin"  (or another) at the top, or  +01:00  behind the time.',
                )
            moment = moment.replace(tzinfo=self.zone)
        try:
            # Here, where no clock is put forward while minutes are added.
            return moment.astimezone(UTC)
        except OverflowError:
            raise LabError(f"{where} is no time.", _EXAMPLE) from None


def _zone(name: Any) -> tzinfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, TypeError, OSError):
        raise LabError(
            f"time_zone = {name!r} is not known here.",
            'Write a name such as "Europe/Berlin" or "UTC"; where none is known, install tzdata.',
        ) from None


def _known(told: dict[str, Any], words: Sequence[str]) -> None:
    for word in told:
        if word not in words:
            near = get_close_matches(word, words, 1)
            meant = f"Is it {near[0]}? " if near else ""
            raise LabError(f"{word!r} is not known.", f"{meant}There are {', '.join(words)}.")


def _table(told: dict[str, Any], name: str) -> dict[str, Any]:
    value = told.get(name, {})
    if not isinstance(value, dict):
        raise LabError(f"{name} is no table.", f"Write  [{name}]  in a line of its own, and what belongs to it below.")
    return value


def _number(told: dict[str, Any], name: str, default: float, most: float) -> float:
    value = told.get(name, default)
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= most:
        raise LabError(f"{name} = {value!r} is no number from 0 to {most:g}.")
    return float(value)


def _listed(chapters: Iterable[str]) -> str:
    return ", ".join(sorted(chapters))
