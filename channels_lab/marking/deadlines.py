"""Deadlines: when a chapter is due, for whom longer, which attempt counts, and what lateness costs."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, tzinfo
from pathlib import Path

from channels_lab.marking.entries import Entry, State
from channels_lab.marking.submissions import Submission, latest

__all__ = ["OWN_DEADLINE", "Rules"]

OWN_DEADLINE = "The deadline is this student's own."


@dataclass(frozen=True)
class Rules:
    """What a teacher has laid down; `deadlines` by chapter, `extensions` by student and chapter, all with their zone.

    Without a file there is no deadline, and the latest attempt counts.
    """

    zone: tzinfo = UTC
    students: Path | None = None
    counts: str = "latest"
    deadlines: Mapping[str, datetime] = field(default_factory=dict)
    extensions: Mapping[str, Mapping[str, datetime]] = field(default_factory=dict)
    grace: timedelta = timedelta()
    percent_per_day: float = 0
    at_most_percent: float = 100
    place: Path | None = None

    def due(self, student: str, chapter: str) -> datetime | None:
        """When a chapter is due for a student; None where nobody has said."""
        return self.extensions.get(student, {}).get(chapter) or self.deadlines.get(chapter)

    def choose(self, attempts: Sequence[Submission]) -> Submission:
        """The attempt that counts, of those in the order of their times."""
        if self.counts == "first":
            return attempts[0]
        if self.counts == "latest in time":
            due = self.due(attempts[0].student, attempts[0].chapter)
            in_time = [one for one in attempts if due and one.handed_in.at and one.handed_in.at <= due + self.grace]
            return latest(in_time or attempts)
        return latest(attempts)

    def entry(self, one: Submission, attempts: int, now: datetime) -> Entry:
        """How it stands with a submission, as it is seen `now`."""
        at, due = one.handed_in.at, self.due(one.student, one.chapter)
        notes = [note for note in (one.note, one.handed_in.note) if note]
        state, late, off = State.IN_TIME if due else State.HANDED_IN, "", 0.0
        if at and at > now + timedelta(minutes=5):
            notes.append("This time is in the future: a clock was wrong.")
            # It is here, so that it was in time where the deadline is still to come.
            state = state if not due or now <= due else State.UNCLEAR
        elif due and not at:
            state = State.UNCLEAR
        elif due and at and at > due + self.grace:
            state, late = State.LATE, _span(at - due)
            days = math.ceil((at - due) / timedelta(days=1))
            off = min(days * self.percent_per_day, self.at_most_percent)
        if due and one.chapter in self.extensions.get(one.student, {}):
            notes.append(OWN_DEADLINE)
        shown = [moment and moment.astimezone(self.zone) for moment in (at, due)]
        return Entry(
            one.student, one.chapter, state, shown[0], one.handed_in.clock, shown[1], late, off, attempts, tuple(notes)
        )

    def absent(self, student: str, chapter: str, now: datetime) -> Entry:
        """The entry where nothing was handed in."""
        due = self.due(student, chapter)
        state = State.NOT_DUE if due and now <= due + self.grace else State.MISSING
        return Entry(student, chapter, state, due=due and due.astimezone(self.zone), attempts=0)


def _span(span: timedelta) -> str:
    """A span in its two greatest units."""
    minutes = max(1, round(span / timedelta(minutes=1)))
    parts = ((minutes // 1440, "d"), (minutes // 60 % 24, "h"), (minutes % 60, "min"))
    said = [f"{count} {unit}" for count, unit in parts if count]
    return " ".join(said[:2])
