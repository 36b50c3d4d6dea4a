"""nbgrader's gradebook: what is written there, what of a person's stays, and what is told where it cannot be."""

import csv
import json
import shutil
import sqlite3
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from channels_lab.course.course import Course
from channels_lab.errors import LabError
from channels_lab.grade_command import _enter
from channels_lab.grading.task import tasks
from channels_lab.grading.verdict import Outcome
from channels_lab.marking.entries import Entry, State
from channels_lab.marking.gradebook import Gradebook
from channels_lab.marking.handed_in import HandedIn
from channels_lab.marking.marks import mark_of
from channels_lab.marking.overrides import Overrides
from channels_lab.marking.register import Register
from channels_lab.marking.report import Report
from channels_lab.marking.roster import Roster
from channels_lab.marking.submissions import Submission
from tests.marking.classes import submit, verdict

NAME = "06_sync_consumer"
HOSTILE = '</script><script>alert(1)</script><img src=x onerror="alert(2)">'
DUE = datetime(2026, 11, 18, tzinfo=UTC)
IN_TIME = Entry("ada", "06")
Write = Callable[..., None]


@pytest.fixture(scope="module")
def empty(course: Course, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A gradebook with nothing in it. nbgrader starts a program to learn the version of its tables: not here."""
    place = tmp_path_factory.mktemp("gradebook") / "gradebook.db"
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("nbgrader.api.get_alembic_version", lambda: "newest")
        Gradebook(course, str(place)).close()
    return place


@pytest.fixture
def write(course: Course, empty: Path, tmp_path: Path) -> Write:
    """Writes ada's marks: the outcomes of some tasks, all others passed."""
    shutil.copy(empty, tmp_path)
    notebook = submit(tmp_path / "handed_in", "ada", {"06.1": {"chat/consumers.py": f"# {HOSTILE}\n"}})
    (page := tmp_path / "page.html").write_text("<p>What was found.</p>")
    submission = Submission("ada", "06", notebook, "x", HandedIn(datetime(2026, 11, 20, tzinfo=UTC)))

    def written(said: str = "", *, entry: Entry = IN_TIME, overrides: str = "", **outcomes: Outcome) -> None:
        (tmp_path / "overrides.csv").write_text(f"student,task,points,reason\n{overrides}\n")
        verdicts = [
            verdict(
                number, outcomes.get(f"t{number.replace('.', '_')}", Outcome.PASSED), said if number == "06.1" else ""
            )
            for number in tasks()
            if number.startswith("06")
        ]
        mark = mark_of(entry, verdicts, (), Overrides(tmp_path / "overrides.csv"))
        entries = [entry, replace(entry, student="bob", due=DUE)]
        book = Gradebook(course, str(tmp_path / "gradebook.db"))
        try:
            book.write([(submission, mark, verdicts)], lambda student, chapter: page, entries)
        finally:
            book.close()

    return written


@pytest.fixture
def grade(tmp_path: Path) -> Callable[[Callable[[Any, Any], object]], Any]:
    """Calls a function with nbgrader's own gradebook, and ada's grade and comment on 06.1."""

    def look(function: Callable[[Any, Any], object]) -> object:
        from nbgrader.api import Gradebook as Book

        with Book(f"sqlite:///{tmp_path / 'gradebook.db'}", "channels-lab") as book:
            told = function(
                book.find_grade("06_1-check", NAME, NAME, "ada"),
                book.find_comment("06_1-consumers", NAME, NAME, "ada"),
            )
            book.db.commit()
            return told

    return look


def exported(folder: Path) -> list[dict[str, str]]:
    """What nbgrader's own exporter makes of a folder's gradebook."""
    from nbgrader.api import Gradebook as Book
    from nbgrader.plugins import CsvExportPlugin

    with Book(f"sqlite:///{folder / 'gradebook.db'}", "channels-lab") as book:
        exporter = CsvExportPlugin()
        exporter.to = str(folder / "grades.csv")
        exporter.export(book)
    with (folder / "grades.csv").open() as file:
        return list(csv.DictReader(file))


def test_nbgraders_export_has_the_marks(write: Write, tmp_path: Path) -> None:
    """Its own exporter tells points, and when they were handed in; a task without a mark waits for a person."""
    from nbgrader.api import Gradebook as Book

    write(t06_2=Outcome.NOT_CHECKED, t06_3=Outcome.NOT_ATTEMPTED)
    (row,) = exported(tmp_path)
    with Book(f"sqlite:///{tmp_path / 'gradebook.db'}", "channels-lab") as book:
        waiting = [
            one.name for one in book.find_submission_notebook(NAME, NAME, "ada").grades if one.needs_manual_grade
        ]
    assert (row["student_id"], row["score"], row["max_score"]) == ("ada", "15.0", "27.0")
    assert row["timestamp"] == "2026-11-20 00:00:00"
    assert waiting == ["06_2-check"]
    assert (tmp_path / f"feedback/ada/{NAME}/{NAME}.html").read_text() == "<p>What was found.</p>"


def test_what_a_person_has_entered_stays(write: Write, grade: Callable) -> None:
    """A mark and a comment by hand go before ours; where ours has changed since, nbgrader asks for a look."""
    write()

    def by_hand(grade: Any, comment: Any) -> None:
        grade.manual_score, comment.manual_comment = 2.5, "Well argued."

    grade(by_hand)
    write()
    assert grade(lambda grade, comment: (grade.score, grade.needs_manual_grade, comment.comment)) == (
        2.5,
        False,
        "Well argued.",
    )
    write("No answer came.", t06_1=Outcome.NOT_YET)
    assert grade(lambda grade, comment: (grade.score, grade.auto_score, grade.needs_manual_grade)) == (2.5, 2.0, True)
    assert "What fails first: " in grade(lambda grade, comment: comment.auto_comment)


def test_an_override(write: Write, grade: Callable) -> None:
    """A mark that was changed is nbgrader's mark by hand, with its reason before a comment; taken back, it goes."""
    write("No answer came.", t06_1=Outcome.NOT_YET)
    grade(lambda grade, comment: setattr(comment, "manual_comment", "See me."))

    def told(grade: Any, comment: Any) -> tuple[float, bool, str]:
        return grade.score, grade.needs_manual_grade, comment.comment

    for _ in range(2):
        write("No answer came.", t06_1=Outcome.NOT_YET, overrides="ada,06.1,3.5,It was meant so.")
        assert grade(told) == (3.5, False, "Mark changed: It was meant so.\n\nSee me.")
    write("No answer came.", t06_1=Outcome.NOT_YET)
    assert grade(told) == (2.0, False, "See me.")


def test_points_of_which_nothing_was_handed_in(course: Course, empty: Path, tmp_path: Path) -> None:
    """Points given by hand for nothing are in nbgrader's export, and its page with them; taken back, both are gone."""
    shutil.copy(empty, tmp_path)
    entries = (
        Entry("fay", "06", State.MISSING),
        Entry("gil", "06", State.MISSING),
        Entry("hal", "06", State.UNREADABLE),
    )
    page = tmp_path / f"feedback/fay/{NAME}/{NAME}.html"

    def entered(overrides: str) -> list[tuple[str, str]]:
        (tmp_path / "overrides.csv").write_text(f"student,task,points,reason\n{overrides}")
        report = Report(tmp_path / "out", course, Register(entries, Roster()), Overrides(tmp_path / "overrides.csv"))
        report.finish()
        book = Gradebook(course, str(tmp_path / "gradebook.db"))
        book.enroll({one.student: {} for one in entries})
        _enter(book, course, [], report, [])
        book.close()
        return sorted((row["student_id"], row["score"]) for row in exported(tmp_path))

    others = [("gil", "0.0"), ("hal", "0.0")]
    assert entered("fay,06.2,2,told me\n") == [("fay", "2.0"), *others]
    assert "told me" in page.read_text() and not (tmp_path / "feedback/gil").exists()
    assert entered("") == [("fay", "0.0"), *others]
    assert "told me" not in page.read_text()


def test_lateness(write: Write, grade: Callable) -> None:
    """What lateness costs is nbgrader's penalty; the first deadline is the chapter's, a later one an extension."""
    late = Entry("ada", "06", State.LATE, due=DUE + timedelta(days=1), percent_off=10)
    write(entry=late)

    def told(grade: Any, comment: Any) -> tuple[float, datetime, float]:
        entered = grade.notebook.assignment
        return entered.late_submission_penalty, entered.duedate, entered.total_seconds_late

    assert grade(told) == (2.7, datetime(2026, 11, 19), 86400)
    assert grade(lambda grade, comment: grade.assignment.assignment.duedate) == datetime(2026, 11, 18)
    write()
    assert grade(told)[0] == 0


def test_what_an_answer_says_is_text(write: Write, grade: Callable, tmp_path: Path) -> None:
    """No comment has what an answer wrote or sent; its notebook has it in cells of code, and as plain text."""
    write(f"What came was {HOSTILE}.", t06_1=Outcome.NOT_YET)
    assert "<" not in grade(lambda grade, comment: comment.comment)
    notebook = json.loads((tmp_path / f"autograded/ada/{NAME}/{NAME}.ipynb").read_text())
    found = [cell for cell in notebook["cells"] if HOSTILE in json.dumps(cell, ensure_ascii=False).replace('\\"', '"')]
    assert [cell["cell_type"] for cell in found] == ["code", "code"]
    assert {output["output_type"] for cell in found for output in cell["outputs"]} == {"stream"}


@pytest.mark.parametrize("name", ["other.db", "newer/gradebook.db"])
def test_what_is_no_gradebook(name: str, course: Course, tmp_path: Path) -> None:
    """A file that is none, and a folder that is not there, are told before anything is judged."""
    (tmp_path / "other.db").write_text("no database " * 100)
    with pytest.raises(LabError, match="cannot be used") as told:
        Gradebook(course, str(tmp_path / name))
    assert name in str(told.value)


def test_a_gradebook_of_another_course(write: Write, tmp_path: Path) -> None:
    """Where nbgrader's gradebook lacks a task, that is told, with what to run."""
    write()
    connection = sqlite3.connect(tmp_path / "gradebook.db")
    connection.execute("update base_cell set name = 'other' where name = '06_1-check'")
    connection.commit()
    connection.close()
    with pytest.raises(LabError, match=r"no task 06\.1") as told:
        write()
    assert f"nbgrader generate_assignment {NAME}" in told.value.fix


def test_without_nbgrader(course: Course, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where it is missing, the message says how to install it; nothing else of grading imports it."""
    monkeypatch.setitem(sys.modules, "nbgrader.api", None)
    with pytest.raises(LabError, match="not installed") as told:
        Gradebook(course, str(tmp_path / "gradebook.db"))
    assert "uv sync --group gradebook" in told.value.fix


def test_a_faulty_configuration(course: Course, tmp_path: Path) -> None:
    """nbgrader's configuration beside the gradebook counts; what is wrong in it is told with its place."""
    (tmp_path / "nbgrader_config.py").write_text("c = get_config()\nc.CourseDirectory.course_id = nowhere\n")
    with pytest.raises(LabError, match="NameError") as told:
        Gradebook(course, str(tmp_path / "gradebook.db"))
    assert str(tmp_path) in told.value.message


def test_the_class_is_enrolled(course: Course, empty: Path, tmp_path: Path) -> None:
    """Whoever is on the list is in the gradebook with their name, who has handed in nothing too; twice is once."""
    from nbgrader.api import Gradebook as Book

    shutil.copy(empty, tmp_path)
    book = Gradebook(course, str(tmp_path / "gradebook.db"))
    for _ in range(2):
        book.enroll({"ada": {"first_name": "Ada", "email": "ada@example.org"}, "fay": {}})
    book.close()
    with Book(f"sqlite:///{tmp_path / 'gradebook.db'}", "channels-lab") as theirs:
        found = [(one.id, one.first_name, one.email) for one in theirs.students]
    assert sorted(found) == [("ada", "Ada", "ada@example.org"), ("fay", None, None)]
