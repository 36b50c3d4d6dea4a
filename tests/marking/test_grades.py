"""Grades as tables: what nbgrader exports, and what Moodle and Canvas take back."""

import csv
import zipfile
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace

import pytest

from channels_lab.course.course import Course
from channels_lab.errors import LabError
from channels_lab.grading.verdict import Verdict
from channels_lab.marking.entries import Entry, State
from channels_lab.marking.feedback import Feedback
from channels_lab.marking.grades import write_grades
from channels_lab.marking.marks import Mark, mark_of
from channels_lab.marking.overrides import Override, Overrides
from channels_lab.marking.roster import Roster, read_roster
from tests.conftest import ROOT
from tests.marking.judged import could_not, not_yet, passed
from tests.marking.test_register import CANVAS, MOODLE, NBGRADER

AT, DUE = datetime(2026, 11, 21, 8, 30, tzinfo=UTC), datetime(2026, 11, 20, 22, 59, tzinfo=UTC)


def mark(student: str, *verdicts: Verdict, state: State = State.HANDED_IN, off: float = 0, folder: Path) -> Mark:
    """The mark of a student's chapter 06."""
    entry = Entry(student, "06", state, AT, "timestamp.txt", DUE, percent_off=off)
    return mark_of(entry, verdicts, (), Overrides(folder / "overrides.csv"))


def write(marks: Sequence[Mark], folder: Path, text: str = "") -> dict[str, list[dict[str, str]]]:
    """Write them, with a class's table; file → rows."""
    roster = Roster()
    if text:
        (folder / "students.csv").write_text(text)
        roster = read_roster(folder / "students.csv").named([one.entry.student for one in marks])
    places = write_grades(marks, roster, folder, Course(ROOT), Feedback(folder / "feedback", Course(ROOT)).place)
    return {place.name: rows(place) for place in places if place.suffix == ".csv"}


def rows(place: Path) -> list[dict[str, str]]:
    """A table as any program reads it."""
    with place.open(newline="") as file:
        return list(csv.DictReader(file, strict=True))


def test_nbgraders_columns(tmp_path: Path) -> None:
    """The columns begin as nbgrader's export has them; then state, tasks, what waits, and what was changed and why."""
    Overrides(tmp_path / "overrides.csv").add(Override("ada", "06.2", "4", "=1+1", "grace", "", "6", "passed"))
    late = mark("ada", passed("06.1"), not_yet("06.2"), could_not("06.3"), state=State.LATE, off=10, folder=tmp_path)
    table = write([late, mark("fay", passed("06.1"), folder=tmp_path)], tmp_path, NBGRADER)
    ada, fay = table["grades.csv"]
    assert list(ada.items()) == [
        ("assignment", "06_sync_consumer"),
        ("duedate", "2026-11-20 22:59:00"),
        ("timestamp", "2026-11-21 08:30:00"),
        ("student_id", "ada"),
        ("last_name", "Lovelace"),
        ("first_name", "Ada"),
        ("email", "ada@example.org"),
        ("raw_score", "8"),
        ("late_submission_penalty", "1.6"),
        ("score", "6.4"),
        ("max_score", "16"),
        ("state", "late"),
        ("06.1", "4"),
        ("06.2", "4"),
        ("06.3", "0"),
        ("not judged", "06.3"),
        ("changed by hand", "06.2: =1+1"),
        ("judged otherwise since", "06.2: it said passed, 6 of 6 then, and says not yet, 4 of 6 now"),
    ]
    assert fay["score"] == "4" and not fay["06.2"]


def test_nbgraders_own_export(tmp_path: Path) -> None:
    """The columns are those that the installed nbgrader writes, in its order."""
    from nbgrader.plugins.export import CsvExportPlugin  # takes a second, which each worker would take when it collects

    book = SimpleNamespace(assignments=[], students=[])
    CsvExportPlugin(to=str(tmp_path / "export.csv")).export(book)
    theirs = (tmp_path / "export.csv").read_text().strip().split(",")
    ours = list(write([mark("ada", passed("06.1"), folder=tmp_path)], tmp_path)["grades.csv"][0])
    assert ours[: len(theirs)] == theirs


def test_moodles_import(tmp_path: Path) -> None:
    """A row for each student and two columns for each chapter; what nobody could judge is left empty."""
    marks = [
        mark("ada", passed("06.1"), not_yet("06.2"), folder=tmp_path),
        mark("bob", could_not("06.1"), folder=tmp_path),
        Mark(Entry("fay", "07", State.NOT_DUE)),
    ]
    ada, bob = write(marks, tmp_path, NBGRADER)["moodle.csv"]
    assert (ada["Username"], ada["Email address"]) == ("ada", "ada@example.org")
    assert ada["Assignment: 06_sync_consumer (Real)"] == "8"
    assert ada["Assignment: 06_sync_consumer (Feedback)"].endswith("06.1 passed, 4 of 4; 06.2 not yet, 4 of 6")
    assert bob["Username"] == "bob" and not bob["Assignment: 06_sync_consumer (Real)"]
    assert len(ada) == 7


def test_moodles_worksheet(tmp_path: Path) -> None:
    """Its own worksheet comes back with grades of as many points as it has there, and a zip with pages of feedback."""
    ada = mark("Ada Lovelace_101", passed("06.1"), folder=tmp_path)
    Feedback(tmp_path / "feedback", Course(ROOT)).write(ada, [passed("06.1")])
    unread = mark("Fay Chen_102", state=State.UNREADABLE, folder=tmp_path)
    first, second = write([ada, unread], tmp_path, MOODLE)["moodle-06_sync_consumer.csv"]
    given = read_roster(tmp_path / "students.csv").people
    assert first == given[0].row | {"Grade": "100", "Feedback comments": "handed in; 06.1 passed, 4 of 4"}
    assert second == given[1].row
    with zipfile.ZipFile(tmp_path / "moodle-06_sync_consumer.zip") as archive:
        (name,) = archive.namelist()
        assert b"Feedback for Ada Lovelace_101" in archive.read(name)
    # As Moodle takes a name apart: full name, participant, kind of plugin, plugin, the file's own name.
    assert name.split("_", 4) == ["Ada Lovelace", "101", "assignsubmission", "file", "06_sync_consumer.html"]
    assert not [place.name for place in tmp_path.iterdir() if place.name.startswith(".")]


def test_canvas_import(tmp_path: Path) -> None:
    """The columns that Canvas knows students by, its own heading of the chapter, and the points that there are."""
    ada = mark("lovelaceada_101", passed("06.1"), folder=tmp_path)
    most, first = write([ada], tmp_path, CANVAS)["canvas.csv"]
    assert most["Student"].strip() == "Points Possible" and most["06_sync_consumer (9001)"] == "4"
    assert list(first.values()) == ["Lovelace, Ada", "101", "s1", "ada@example.org", "A", "4"]
    assert list(write([ada], tmp_path)["canvas.csv"][1]) == [
        *("Student", "ID", "SIS User ID", "SIS Login ID", "Section", "06_sync_consumer")
    ]


def test_grades_that_cannot_be_written(tmp_path: Path) -> None:
    """Where a table cannot be written it is said, and no half of one is left."""
    (tmp_path / "grades.csv").mkdir()
    with pytest.raises(LabError, match=r"grades.csv cannot be written"):
        write([mark("ada", passed("06.1"), folder=tmp_path)], tmp_path)
    assert [place.name for place in tmp_path.iterdir()] == ["grades.csv"]
