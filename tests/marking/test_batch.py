"""A run over a class: every submission gets one result, in a sandbox, and a run that was ended goes on."""

import csv
import os
import shutil
import signal
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
from typer.testing import CliRunner

from channels_lab.cli import app
from channels_lab.course.answer import Answer
from channels_lab.course.course import Course
from channels_lab.errors import LabError
from channels_lab.grading.tree import Checkpoints
from channels_lab.grading.verdict import Verdict
from channels_lab.marking import crew
from channels_lab.marking.batch import Batch
from channels_lab.marking.job import NotJudged
from channels_lab.marking.member import Member
from channels_lab.marking.results import Result, Results
from channels_lab.marking.submissions import Submitted
from channels_lab.running import warmstart
from tests.grading.answers import models, written_answers
from tests.marking.classes import lay_checkpoints, submit

MODEL = {one.number: one.files for one in models() if one.number == "06.1"}
WRONG = {one.number: one.files for one in written_answers() if str(one) == "06.1/wrong_to_all"}
FORK = {"06.1": {"chat/consumers.py": "import os\nwhile True:\n    try: os.fork()\n    except OSError: pass"}}
# Judged beside it.
BESIDE = {one.number: one.files for one in models() if one.number == "06.3"}


@pytest.fixture
def submitted_class(course: Course, tmp_path: Path, workspace: Path, checkpoints: Checkpoints, needs: Callable) -> Path:
    """Four students: one is right, one wrong, one hostile but in one task, and one has not begun."""
    needs("bwrap")
    lay_checkpoints(checkpoints, workspace)
    folder = tmp_path / "submitted"
    for student, answers in (("ada", MODEL), ("bob", WRONG), ("eve", FORK | BESIDE), ("sam", {})):
        submit(folder, student, answers)
    return folder


def points(place: Path, column: str = "score") -> dict[str, str]:
    """Student → score, or another column, as grades.csv has them."""
    with place.open() as file:
        return {row["student_id"]: row[column] for row in csv.DictReader(file)}


def test_a_class(submitted_class: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The command judges all, and names what it cannot, who is late and who is missing; twice it is the same."""
    (submitted_class / "zoe.ipynb").write_text("<html>")
    (tmp_path / "students.csv").write_text("id,email\nada,\nfay,fay@example.org\n")
    due = 'time_zone = "UTC"\nstudents = "students.csv"\n[deadlines]\n06 = 2026-01-01\n'
    (tmp_path / "grading.toml").write_text(f"{due}[extensions.ada]\n06 = 2999-01-01\n")
    out = tmp_path / "grades"
    first = CliRunner().invoke(app, ["grade", str(submitted_class), "--out", str(out)])
    assert first.exit_code == 0, first.output
    assert points(out / "grades.csv") == {"ada": "4", "bob": "3", "eve": "6", "fay": "0", "sam": "0"}
    states = points(out / "grades.csv", "state")
    assert states["ada"] == "in time" and states["bob"].startswith("late (") and states["fay"] == "missing"
    said = ("zoe.ipynb", "Where the class stands", "grading.toml", "Not in the list of students: bob, eve, sam.")
    assert [words for words in said if words not in first.output] == [], first.output
    pages = {page.parts[-3]: page.read_text() for page in (out / "feedback").rglob("*.html")}
    assert sorted(pages) == ["ada", "bob", "eve", "sam"] and "more than 48 processes" in pages["eve"]
    results = Results(out / "results.jsonl").by_key
    assert "more than 48 processes" in results["eve/06"].verdicts[0].reason
    assert {one.outcome for one in results["sam/06"].verdicts} == {"not attempted"}

    changed = CliRunner().invoke(app, ["mark", "bob", "06.1", "4", "--reason", "I see.", "--out", str(out)])
    assert changed.exit_code == 0, changed.output
    before = (out / "results.jsonl").read_bytes()
    again = CliRunner().invoke(app, ["grade", str(submitted_class), "--out", str(out), "--resume"])
    assert again.exit_code == 0 and "4 of 4 submissions are judged already" in again.output
    assert (out / "results.jsonl").read_bytes() == before and points(out / "grades.csv")["bob"] == "4"

    unasked = CliRunner().invoke(app, ["grade", str(submitted_class), "--out", str(out)])
    assert isinstance(unasked.exception, LabError) and "--resume" in unasked.exception.fix
    # Its keeper made checkpoints where there were none.
    if warmstart._current:
        warmstart._current.close()
        warmstart._current = None


def test_a_run_that_is_killed_goes_on(submitted_class: Path, course: Course, tmp_path: Path) -> None:
    """A line that was being written is judged again, a changed submission too, and the rest stays as it was."""
    submitted = Submitted(course, submitted_class, tmp_path / "beside")
    place = tmp_path / "results.jsonl"
    results = Results(place)
    for one in submitted.submissions:
        results.add(Result(one.key, "other" if one.student == "ada" else one.digest, ()))
    with place.open("rb+") as file:
        file.truncate(place.stat().st_size - 20)
    resumed = Results(place)
    waiting = Batch(submitted, resumed).waiting
    assert [one.key for one in waiting] == ["ada/06", "sam/06"]
    resumed.add(Result("sam/06", "now", ()))
    assert Results(place).by_key["sam/06"].digest == "now" and len(Results(place).by_key) == 4


def test_a_full_disk(tmp_path: Path, full_disk: Callable[[], AbstractContextManager[None]]) -> None:
    """A result that cannot be written ends the run with a message; what was there stays, and the next is whole."""
    place = tmp_path / "results.jsonl"
    results = Results(place)
    with full_disk(), pytest.raises(LabError, match="cannot be written") as told:
        results.add(Result("ada/06", "x", ()))
    assert "--resume" in told.value.fix and not results.by_key
    results.add(Result("bob/06", "y", ()))
    results.add(Result("sam/06", "z", ()))
    assert list(Results(place).by_key) == ["bob/06", "sam/06"] and b'{"key"' in place.read_bytes()


def test_workers_that_die(
    submitted_class: Path, course: Course, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of a worker that is killed all submissions are tried again, each apart; what kills it is at last not judged."""
    shutil.rmtree(submitted_class / "eve")
    monkeypatch.setenv("PATH", "/nowhere")  # nor is bubblewrap needed with trust, which gives the same points
    judge, deaths = Member.judge, ["right", "wrong", "wrong", "wrong"]

    def kill_and_judge(worker: Member, answers: list[Answer], seconds: float) -> list[Verdict]:
        whose = "right" if answers[0].files == MODEL["06.1"] else "wrong"
        if whose in deaths:
            deaths.remove(whose)
            # As a machine that is short of memory does it.
            os.killpg(worker._process.pid, signal.SIGKILL)
        return judge(worker, answers, seconds)

    monkeypatch.setattr(Member, "judge", kill_and_judge)
    monkeypatch.setattr(crew, "cores", lambda: 1)
    place = tmp_path / "results.jsonl"
    submitted = Submitted(course, submitted_class, tmp_path / "beside")
    results = Results(place)
    Batch(submitted, results, jobs=2, trust=True).run()
    assert {key: one.points for key, one in results.by_key.items()} == {"ada/06": 4, "bob/06": 0, "sam/06": 0}
    assert len(place.read_text().splitlines()) == 3
    told = results.by_key["bob/06"].verdicts[0]
    assert told.outcome == "could not check" and "Tried 3 times" in told.reason and "killed" in told.reason
    assert [one.key for one in Batch(submitted, Results(place), trust=True).waiting] == ["bob/06"]


def test_a_worker_that_hangs(course: Course, tmp_path: Path) -> None:
    """A worker that gives no verdict in time is ended, and that is told."""
    team = crew.Crew(course.root, tmp_path, trust=True)
    try:
        with pytest.raises(NotJudged, match="no verdict within 0 s"):
            team.judge([Answer("06.1", MODEL["06.1"], True)], 0.01)
    finally:
        team.close()


def test_no_sandbox_no_grades(
    submitted_class: Path, course: Course, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without bubblewrap nobody is judged, and the message says what to install."""
    monkeypatch.setenv("PATH", str(tmp_path))
    results = Results(tmp_path / "results.jsonl")
    with pytest.raises(LabError) as told:
        Batch(Submitted(course, submitted_class, tmp_path / "beside"), results).run()
    assert "apt install bubblewrap" in told.value.fix and not results.by_key
