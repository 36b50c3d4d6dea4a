"""Overrides: a mark that a person changes, with a reason, in every table and page, whatever is judged later."""

import csv
import os
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner

from channels_lab.cli import app
from channels_lab.course.course import Course
from channels_lab.errors import LabError
from channels_lab.marking.deadlines import Rules
from channels_lab.marking.entries import Entry, State
from channels_lab.marking.overrides import Override, Overrides
from channels_lab.marking.register import Register
from channels_lab.marking.report import Report
from channels_lab.marking.results import Result, Results
from channels_lab.marking.roster import Roster
from channels_lab.marking.screen import remarks
from tests.marking.judged import could_not, not_yet, passed

REGISTER = Register((Entry("ada", "06"), Entry("bob", "06"), Entry("fay", "06", State.MISSING)), Roster())


@pytest.fixture
def mark(tmp_path: Path) -> Callable[..., str]:
    """`channels-lab mark` on a run with two students, and one who has handed in nothing; returns what it says."""
    results = Results(tmp_path / "results.jsonl")
    results.add(Result("ada/06", "x", (passed("06.1"), not_yet("06.2"), could_not("06.3"))))
    results.add(Result("bob/06", "x", (passed("06.1"),)))
    REGISTER.write(tmp_path / "register.json")

    def mark(*words: str) -> str:
        done = CliRunner().invoke(app, ["mark", *words, "--out", str(tmp_path)])
        if done.exception:
            raise done.exception
        return done.output

    return mark


def grades(folder: Path) -> dict[str, dict[str, str]]:
    """Student → row of grades.csv."""
    with (folder / "grades.csv").open(newline="") as file:
        return {row["student_id"]: row for row in csv.DictReader(file)}


def test_a_changed_mark(mark: Callable[..., str], course: Course, tmp_path: Path) -> None:
    """It is in tables and feedback with its reason, is kept when all is judged again, and can be taken back."""
    said = mark("ada", "6.2", "5.5", "--reason", "The <b>idea</b> is right.", "--by", "grace")
    assert "ada, 06.2: 4 → 5.5 of 6. Chapter 06: 9.5 of 16." in said
    mark("ada", "06.3", "2", "--reason", "Read by hand.")
    row = grades(tmp_path)["ada"]
    assert (row["06.2"], row["score"], row["not judged"]) == ("5.5", "11.5", "")
    assert row["changed by hand"].startswith("06.2: The <b>idea</b> is right.; 06.3: Read")
    page = (tmp_path / "feedback" / "ada" / "06_sync_consumer" / "06_sync_consumer.html").read_text()
    assert "5.5 of 6 points were given by grace" in page and "&lt;b&gt;idea" in page
    with (tmp_path / "overrides.csv").open() as file:
        first = next(csv.DictReader(file))
    assert re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC", first["when"]) and first["automatic"] == "4"

    again = Report(tmp_path, course, REGISTER, Overrides(tmp_path / "overrides.csv"))
    again.add(Result("ada/06", "y", (passed("06.1"), passed("06.2"), could_not("06.3"))))
    again.finish()
    assert grades(tmp_path)["ada"]["06.2"] == "5.5"
    assert "it said not yet, 4 of 6 then, and says passed, 6 of 6 now" in " ".join(remarks(again, Rules()))

    mark("ada", "06.2", "5", "--reason", "Less, after all.")
    assert grades(tmp_path)["ada"]["06.2"] == "5"
    mark("ada", "06.2", "--withdraw", "--reason", "The check is right.")
    assert grades(tmp_path)["ada"]["06.2"] == "4" and len((tmp_path / "overrides.csv").read_text().split("\n")) == 6


def test_a_mark_for_what_never_came(mark: Callable[..., str], tmp_path: Path) -> None:
    """Who has handed in nothing here can be given points, and then has a page that says so."""
    mark("fay", "06.1", "3", "--reason", "She has shown it to me.")
    assert grades(tmp_path)["fay"]["score"] == "3" and grades(tmp_path)["fay"]["state"] == "missing"
    page = (tmp_path / "feedback" / "fay" / "06_sync_consumer" / "06_sync_consumer.html").read_text()
    assert "She has shown it to me." in page and "It was not handed in." in page
    assert not (tmp_path / "feedback" / "bob").exists()  # nothing of theirs has changed


@pytest.mark.parametrize(
    "words, said",
    [
        ("aad 06.2 3 --reason x", "no student 'aad' in this run.\nIs it ada?"),
        ("ada 05.1 3 --reason x", "ada has no chapter 05 in this run.\nThere are 06"),
        ("ada 06.9 3 --reason x", "no task 06.9 in chapter 06.\nThere are 06.1, 06.2, 06.3"),
        ("ada six 3 --reason x", "'six' is not the number of a task"),
        ("ada 06.2 7 --reason x", "06.2 has 6 points; 7 are more"),
        ("ada 06.2 lots --reason x", "'lots' is no number of points"),
        ("ada 06.2 nan --reason x", "'nan' is no number of points"),
        ("ada 06.2 3", "changed for a reason"),
        ("ada 06.2", "Say the points to give, or --withdraw"),
        ("ada 06.2 3 --withdraw --reason x", "Say the points to give, or --withdraw"),
        ("ada 06.2 --withdraw --reason x", "Nobody has changed the mark"),
    ],
)
def test_what_is_no_mark(words: str, said: str, mark: Callable[..., str], tmp_path: Path) -> None:
    """What cannot be meant is refused, with what there is, and nothing is written."""
    with pytest.raises(LabError) as told:
        mark(*words.split())
    assert said in str(told.value) and not (tmp_path / "overrides.csv").exists()


def test_a_file_written_by_hand(course: Course, tmp_path: Path) -> None:
    """A spreadsheet's file is read, without a last line end as well; who is not in the run is named."""
    place = tmp_path / "overrides.csv"
    place.write_text("\ufeffstudent,task,points,reason\nada,06.1,2,late night\nzoe,06.1,1,x")
    found = Overrides(place)
    found.add(Override("bob", "06.1", "1", "x", "", ""))
    assert [one.student for one in Overrides(place).by_task.values()] == ["ada", "zoe", "bob"]
    report = Report(tmp_path, course, REGISTER, Overrides(place))
    report.finish()
    assert "no student 'zoe'" in " ".join(remarks(report, Rules()))


@pytest.mark.parametrize(
    "text, said",
    [
        ("student,task,points\nada,06.1,2\n", "no column reason"),
        ("student,task,points,reason\nada,06.1,2,\n", "line 2: student, task or reason is missing"),
        ("student,task,points,reason\nada,06.1,-2,x\n", "line 2: '-2' is no number"),
        ("student,task,points,reason\nada,06.1,2,x,y\n", "line 2: it has more columns"),
        ("\xff\n", "no column"),
    ],
)
def test_a_broken_file(text: str, said: str, tmp_path: Path) -> None:
    """A line that cannot be read is named before anything is judged: no mark is lost in silence."""
    (tmp_path / "overrides.csv").write_text(text)
    with pytest.raises(LabError) as told:
        Overrides(tmp_path / "overrides.csv")
    assert said in told.value.message and "columns are student,task" in told.value.fix


def test_a_full_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A mark that cannot be written is refused, and does not count."""
    monkeypatch.setattr(os, "write", lambda handle, content: 1)
    found = Overrides(tmp_path / "overrides.csv")
    with pytest.raises(LabError, match="No space left"):
        found.add(Override("ada", "06.1", "2", "x", "", ""))
    assert not found.of("ada", "06.1")
