"""Entries: for each student and chapter whether it was handed in, when, and whether that was in time."""

import json
from dataclasses import asdict, dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Any

from channels_lab.errors import LabError

__all__ = ["Entry", "State", "read_entries", "write_entries"]


class State(StrEnum):
    """How it stands with a chapter of a student. Where there is no deadline, it is just handed in."""

    HANDED_IN = "handed in"
    IN_TIME = "in time"
    LATE = "late"
    UNCLEAR = "time unclear"
    MISSING = "missing"
    NOT_DUE = "not due yet"
    UNREADABLE = "not readable"


@dataclass(frozen=True)
class Entry:
    """A student's chapter: its `state`, when it was handed in (by which `clock`), when it was `due`.

    `late` is by how much, as words; `percent_off` what that costs; `attempts` how many there are, of which one counts.
    """

    student: str
    chapter: str
    state: State = State.HANDED_IN
    at: datetime | None = None
    clock: str = ""
    due: datetime | None = None
    late: str = ""
    percent_off: float = 0
    attempts: int = 1
    notes: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        """Its name among all, as a submission's."""
        return f"{self.student}/{self.chapter}"

    @property
    def told(self) -> str:
        """State, lateness and attempts in a few words."""
        words = [f"{self.state} ({self.late})" if self.late else str(self.state)]
        if self.attempts > 1:
            words.append(f"{self.attempts} attempts")
        return ", ".join(words)


def write_entries(entries: list[Entry], place: Path) -> None:
    """Keep them beside the results, for when a mark is changed later; raises LabError when that is impossible."""
    told = [{name: _plain(value) for name, value in asdict(one).items()} for one in entries]
    beside = place.with_suffix(".new")
    try:
        beside.write_text(json.dumps(told, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
        beside.replace(place)
    except OSError as error:
        raise LabError(f"{place} cannot be written: {error.strerror}.", "Free some space.") from None


def read_entries(place: Path) -> list[Entry]:
    """What `write_entries` wrote; raises LabError where it is not there, or is something else."""
    try:
        told = json.loads(place.read_text(encoding="utf-8"))
        return [_entry(one) for one in told]
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise LabError(
            f"{place.parent} holds no marks that can be changed: {error}.",
            "Name the folder of a run of  channels-lab grade :  --out FOLDER .",
        ) from None


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value


def _entry(told: dict[str, Any]) -> Entry:
    times = {name: datetime.fromisoformat(told[name]) if told[name] else None for name in ("at", "due")}
    return Entry(**{**told, **times, "state": State(told["state"]), "notes": tuple(told["notes"])})
