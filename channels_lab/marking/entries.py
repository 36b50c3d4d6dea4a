"""Entries: for each student and chapter whether it was handed in, when, and whether that was in time."""

from dataclasses import asdict, dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

__all__ = ["Entry", "State"]


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

    def to_json(self) -> dict[str, Any]:
        """As values that JSON has."""
        return {
            name: value.isoformat() if isinstance(value, datetime) else value for name, value in asdict(self).items()
        }

    @classmethod
    def from_json(cls, told: dict[str, Any]) -> "Entry":
        """Read what `to_json` gave."""
        times = {name: datetime.fromisoformat(told[name]) if told[name] else None for name in ("at", "due")}
        return cls(**{**told, **times, "state": State(told["state"]), "notes": tuple(told["notes"])})
