"""The roster: who is in the class, as nbgrader, Moodle or Canvas export it."""

import csv
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from channels_lab.errors import LabError
from channels_lab.marking.platforms import platform_number

__all__ = ["EMAIL", "FIRST", "LAST", "Person", "Roster", "read_roster"]

_MOST_BYTES = 20 * 2**20
# Columns by what they hold, in small letters, as platforms call them; the first that is there counts.
FIRST, LAST = ("first_name", "first name"), ("last_name", "last name", "surname")
EMAIL = ("email", "email address")
_IDS = (
    "id",
    "student_id",
    "username",
    "sis login id",
    "id number",
    "identifier",
    "sis user id",
    "email",
    "email address",
)
_NUMBERS = ("identifier", "id")


@dataclass(frozen=True)
class Person:
    """One of the class: the name by which they hand in, and their row as it was exported (column → value)."""

    student: str
    row: dict[str, str]

    def get(self, *columns: str) -> str:
        """The first value that is there under one of these columns, written in small letters."""
        low = {name.lower(): value for name, value in self.row.items()}
        return next((low[name] for name in columns if low.get(name)), "")

    @property
    def known(self) -> dict[str, str]:
        """What nbgrader keeps of somebody: first_name, last_name and email, as far as they are there."""
        told = {"first_name": self.get(*FIRST), "last_name": self.get(*LAST), "email": self.get(*EMAIL)}
        return {name: value for name, value in told.items() if value}


@dataclass(frozen=True)
class Roster:
    """The class, in the order of its file, whose `columns` are kept."""

    people: tuple[Person, ...] = ()
    columns: tuple[str, ...] = ()

    def named(self, students: Iterable[str]) -> "Roster":
        """The same, each called as they are in the submissions: by an id, an address, or the platform's number."""
        known: dict[str, str] = {}
        shared: set[str] = set()  # two of one name are told apart by more than that
        for student in students:
            known[_same(student)] = student
            if number := platform_number(student):
                known.setdefault(f"#{number}", student)
                name = _same(student.removesuffix(f"_{number}"))
                shared |= {name} & known.keys()
                known.setdefault(name, student)
        people = []
        for one in self.people:
            full = f"{one.get(*FIRST)} {one.get(*LAST)}".strip()
            ids = [_same(one.get(column)) for column in _IDS]
            numbers = [f"#{one.get(column).removeprefix('Participant').strip()}" for column in _NUMBERS]
            names = [_same(name) for name in (one.get("full name"), full) if _same(name) not in shared]
            found = next((known[name] for name in (*ids, *numbers, *names) if name in known), one.student)
            people.append(Person(found, one.row))
        return Roster(tuple(people), self.columns)

    @property
    def by_student(self) -> dict[str, Person]:
        """Name → person."""
        return {one.student: one for one in self.people}


def read_roster(place: Path) -> Roster:
    """Read a table of students; raises LabError where it has no column that names them."""
    fix = "It is a CSV as nbgrader (id,first_name,last_name,email), Moodle or Canvas export it, in UTF-8."
    try:
        if place.stat().st_size > _MOST_BYTES:
            raise LabError(f"{place} is bigger than {_MOST_BYTES >> 20} MiB.", fix)
        with place.open(encoding="utf-8-sig", newline="") as file:
            first = file.readline()
            file.seek(0)
            # Where a comma stands in numbers, a semicolon stands between columns.
            table = csv.DictReader(file, restval="", delimiter=max(",;\t", key=first.count))
            columns = tuple(name for name in table.fieldnames or () if name is not None)
            rows = [{name: (row[name] or "").strip() for name in columns} for row in table]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise LabError(f"{place} cannot be read: {error}.", fix) from None
    if not {name.lower() for name in columns} & set(_IDS):
        raise LabError(f"{place} has no column that names a student; it has {', '.join(columns)[:200]}.", fix)
    people = [Person(_own_name(row), row) for row in rows]
    # Canvas puts what there is to earn into a row, and a "Student, Test" of its own beside the class.
    return Roster(tuple(one for one in people if one.student and not _is_canvas_own(one)), columns)


def _same(name: str) -> str:
    """A name as it is compared: machines write one letter in more than one way."""
    return unicodedata.normalize("NFC", name).casefold()


def _own_name(row: dict[str, str]) -> str:
    """How somebody is called who has not handed in anything, in the way of those who have."""
    one = Person("", row)
    number = one.get("identifier").removeprefix("Participant").strip()
    name = one.get("full name")
    return f"{name}_{number}" if name and number else one.get("sis login id", *_IDS)


def _is_canvas_own(one: Person) -> bool:
    low = {name.lower() for name in one.row}
    name = one.get("student")
    return "student" in low and (name == "Points Possible" or name == "Student, Test" or not one.get("id"))
