"""The register of a run: who has handed in what and when, kept beside the results for when a mark is changed later."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from difflib import get_close_matches
from pathlib import Path

from channels_lab.course.safekeeping import write
from channels_lab.errors import LabError
from channels_lab.marking.deadlines import Rules
from channels_lab.marking.entries import Entry, State
from channels_lab.marking.roster import Person, Roster
from channels_lab.marking.submissions import Submitted

__all__ = ["REGISTER", "Register"]

REGISTER = "register.json"


@dataclass(frozen=True)
class Register:
    """An entry for each student and chapter, in order, and the class's roster."""

    entries: tuple[Entry, ...]
    roster: Roster

    @classmethod
    def of(cls, submitted: Submitted, rules: Rules, roster: Roster, now: datetime) -> "Register":
        """What was handed in, what cannot be read, and what is missing.

        Chapters are those that have a deadline, or that anybody has handed in at its place: whoever hands in another by
        mistake does not make it missing of all.
        """
        found = {one.key: rules.entry(one, len(submitted.attempts[one.key]), now) for one in submitted.submissions}
        chapters = {one.chapter for one in submitted.submissions if not one.note} | set(rules.deadlines)
        for one in submitted.rejected:
            if one.student and one.chapter in submitted.course.chapters:
                chapters.add(one.chapter)
                broken = Entry(one.student, one.chapter, State.UNREADABLE, notes=(one.reason,))
                found.setdefault(broken.key, broken)
        roster = roster.named({one.student for one in found.values()})
        for student in {one.student for one in found.values()} | set(roster.by_student):
            for chapter in chapters:
                absent = rules.absent(student, chapter, now)
                found.setdefault(absent.key, absent)
        return cls(tuple(found[key] for key in sorted(found)), roster)

    @property
    def students(self) -> set[str]:
        """All of them."""
        return {one.student for one in self.entries}

    def entry(self, student: str, chapter: str) -> Entry:
        """The entry of a student's chapter; raises LabError, naming those that are near, where there is none."""
        mine = [one for one in self.entries if one.student == student]
        if not mine:
            near = get_close_matches(student, self.students, 3, 0.5)
            fix = f"Is it {' or '.join(near)}?" if near else f"There are {_some(self.students)}."
            raise LabError(f"There is no student {student[:100]!r} in this run.", fix)
        for one in mine:
            if one.chapter == chapter:
                return one
        raise LabError(
            f"{student} has no chapter {chapter} in this run.", f"There are {_some(one.chapter for one in mine)}."
        )

    def write(self, place: Path) -> None:
        """Keep it; raises LabError when that is impossible."""
        told = {
            "entries": [one.to_json() for one in self.entries],
            "columns": self.roster.columns,
            "people": [[one.student, one.row] for one in self.roster.people],
        }
        try:
            write(place, (json.dumps(told, ensure_ascii=False, indent=1) + "\n").encode(errors="replace"))
        except OSError as error:
            raise LabError(f"{place} cannot be written: {error.strerror}.", "Free some space.") from None

    @classmethod
    def read(cls, place: Path) -> "Register":
        """What `write` wrote; raises LabError where it is not there, or is something else."""
        try:
            told = json.loads(place.read_text(encoding="utf-8"))
            people = tuple(Person(student, dict(row)) for student, row in told["people"])
            entries = tuple(map(Entry.from_json, told["entries"]))
            return cls(entries, Roster(people, tuple(told["columns"])))
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            why = error.strerror if isinstance(error, OSError) else error
            raise LabError(
                f"There are no marks to change in {place.parent}: {place.name}: {why}.",
                "Name the folder of a run of  channels-lab grade :  --out FOLDER .",
            ) from None


def _some(names: Iterable[str]) -> str:
    told = sorted(set(names))
    return ", ".join(told[:12]) + (f" and {len(told) - 12} more" if len(told) > 12 else "")
