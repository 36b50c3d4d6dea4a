"""The register: everybody of the class, as platforms export it, and what each has handed in."""

import os
from datetime import UTC, datetime
from pathlib import Path

import pytest

from channels_lab.course.course import Course
from channels_lab.errors import LabError
from channels_lab.marking.deadlines import Rules
from channels_lab.marking.entries import State
from channels_lab.marking.register import Register
from channels_lab.marking.roster import Roster, read_roster
from channels_lab.marking.submissions import Submitted
from tests.marking.classes import submit, submitted

NBGRADER = "id,first_name,last_name,email\nada,Ada,Lovelace,ada@example.org\nfay,Fay,Chen,\n"
MOODLE = (
    "\ufeffIdentifier,Full name,Email address,Status,Grade,Maximum Grade,Grade can be changed,Feedback comments\n"
    "Participant 101,Ada Lovelace,ada@example.org,Submitted for grading,,100.00,Yes,\n"
    "Participant 102,Fay Chen,fay@example.org,No submission,,100.00,Yes,\n"
)
PEOPLE = "First name,Last name,Email address\nAda,Lovelace,ada@example.org\nFay,Chen,fay@example.org\n"
CANVAS = (
    "Student,ID,SIS User ID,SIS Login ID,Section,06_sync_consumer (9001),Final Score\n"
    "    Points Possible,,,,,27,(read only)\n"
    '"Lovelace, Ada",101,s1,ada@example.org,A,,\n"Chen, Fay",102,s2,fay@example.org,A,,\n"Student, Test",103,,,A,,\n'
)


def roster(folder: Path, text: str) -> Roster:
    """A class's table."""
    (folder / "students.csv").write_text(text)
    return read_roster(folder / "students.csv")


@pytest.mark.parametrize(
    "text, handed_in, missing",
    [
        (NBGRADER, "ada/06_sync_consumer/06.ipynb", "fay"),
        (MOODLE, "Ada Lovelace_101_assignsubmission_file_/06.ipynb", "Fay Chen_102"),
        (PEOPLE, "Ada Lovelace_101_assignsubmission_file_/06.ipynb", "fay@example.org"),
        (CANVAS, "lovelaceada_101_7_06.ipynb", "fay@example.org"),
        ("Student ID;Username\n1;Zo\u00eb\n2;fay\n", "zoe\u0308/06_sync_consumer/06.ipynb", "fay"),
    ],
)
def test_a_class(text: str, handed_in: str, missing: str, course: Course, tmp_path: Path) -> None:
    """In three platforms' tables who has handed in is found again, and who has not is missing."""
    place = tmp_path / "submitted" / handed_in
    place.parent.mkdir(parents=True)
    place.write_text(submitted({}))
    found = Submitted(course, tmp_path / "submitted", tmp_path)
    register = Register.of(found, Rules(), roster(tmp_path, text), datetime.now(UTC))
    assert {one.student: one.state for one in register.entries} == {
        found.submissions[0].student: State.HANDED_IN,
        missing: State.MISSING,
    }
    register.write(tmp_path / "register.json")
    assert Register.read(tmp_path / "register.json") == register


def test_two_of_one_name(tmp_path: Path) -> None:
    """Whom a name alone does not tell apart is not taken for anybody else."""
    two = "First name,Last name,Email address\nAda,Lovelace,a@example.org\nAda,Lovelace,b@example.org\n"
    named = roster(tmp_path, two).named(["Ada Lovelace_101", "Ada Lovelace_102"])
    assert [one.student for one in named.people] == ["a@example.org", "b@example.org"]


def test_late_missing_and_repeated(course: Course, tmp_path: Path) -> None:
    """Late, missing, repeated, unreadable and early submissions are told apart, without a list of students as well."""
    place, now = tmp_path / "submitted", datetime.now(UTC)
    for student in ("ada", "bob", "eve"):
        submit(place, student, {})
    submit(place, "ada", {}, "07")
    (place / "bob.ipynb").write_text(submitted({}))
    os.utime(place / "bob.ipynb", (1, 1))
    (place / "eve" / "06_sync_consumer" / "06_sync_consumer.ipynb").write_text("{")
    due = datetime(2026, 1, 1, tzinfo=UTC)
    rules = Rules(deadlines={"06": due, "08": now.replace(year=now.year + 1)}, counts="first")
    found = Submitted(course, place, tmp_path, choose=rules.choose)
    states = {one.key: one.told for one in Register.of(found, rules, Roster(), now).entries}
    assert states["ada/06"].startswith("late (")
    assert states["bob/06"] == "in time, 2 attempts"
    assert states["eve/06"] == "not readable"
    assert states["ada/07"] == "handed in" and states["bob/07"] == "missing"
    assert {states[f"{student}/08"] for student in ("ada", "bob", "eve")} == {"not due yet"}
    assert "that of 1970-01-01 00:00 UTC counts" in next(one.reason for one in found.rejected if one.student == "bob")


def test_a_chapter_that_one_has_handed_in_by_mistake(course: Course, tmp_path: Path) -> None:
    """Whoever lays another chapter's notebook into a folder makes that chapter missing of nobody else."""
    place, now = tmp_path / "submitted", datetime.now(UTC)
    submit(place, "ada", {})
    misplaced = submit(place, "bob", {})
    misplaced.write_text(submitted({}, "07"))
    states = {
        one.key: one.told for one in Register.of(Submitted(course, place, tmp_path), Rules(), Roster(), now).entries
    }
    assert states == {"ada/06": "handed in", "bob/06": "missing", "bob/07": "handed in"}


@pytest.mark.parametrize(
    "text, said", [("name,age\nada,3\n", "no column that names"), ("\0\n", "students.csv"), ("", "no column")]
)
def test_what_is_no_class(text: str, said: str, tmp_path: Path) -> None:
    """A table without a column that names students is refused."""
    with pytest.raises(LabError, match=said):
        roster(tmp_path, text)
    with pytest.raises(LabError, match="cannot be read"):
        read_roster(tmp_path / "nowhere.csv")


def test_no_register(tmp_path: Path) -> None:
    """Where no run has been, or something else lies in its place, it says what to name."""
    for text in (None, "{", "[]", '{"entries": 5}'):
        if text:
            (tmp_path / "register.json").write_text(text)
        with pytest.raises(LabError, match="no marks to change") as told:
            Register.read(tmp_path / "register.json")
        assert "--out" in told.value.fix
