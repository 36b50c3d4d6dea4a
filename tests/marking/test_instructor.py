"""An instructor's own checks: what they cost, what is told of them, and what is told of a bad one."""

import csv
import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from channels_lab.cli import app
from channels_lab.course.answer import Answer
from channels_lab.course.course import Course
from channels_lab.course.exercise import exercises
from channels_lab.errors import LabError
from channels_lab.grading.behaviour import OWN_CHECK
from channels_lab.grading.own_tasks import OWN_TASKS, fingerprint, own_tasks
from channels_lab.grading.task import course_task, find_task
from channels_lab.grading.tree import Checkpoints
from channels_lab.grading.verdict import Outcome
from channels_lab.marking.entries import Entry, State
from channels_lab.marking.instructor import use_tasks
from channels_lab.marking.overrides import Overrides
from channels_lab.marking.register import Register
from channels_lab.marking.report import Report
from channels_lab.marking.results import Results
from channels_lab.marking.roster import Roster
from channels_lab.marking.submissions import Submitted
from channels_lab.notebook.checking import _judged
from channels_lab.notebook.open_task import open_task
from channels_lab.running import warmstart
from tests.grading.answers import models
from tests.marking.classes import lay_checkpoints, submit

SECRET = "Half of a number comes back whole"
OWN = f'''
from channels_lab.grading.task import course_task

task = course_task("06.1")
task.weigh(comes_back=1)


@task.behaviour(points=3)
async def halves(trial):
    """{SECRET}."""
    async with trial.connect(f"/ws/chat/{{trial.room()}}/", name="zacharias") as one:
        await one.send_json({{"ping": 4242.5}})
        await one.expect_json({{"pong": 4242.5}})
'''
MODEL = next(one.files for one in models() if one.number == "06.1")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An instructor's folder; the variable that names it is as before after the test."""
    monkeypatch.setenv(OWN_TASKS, "")
    place = tmp_path / "own"
    place.mkdir()
    return place


@pytest.fixture
def graded(
    folder: Path, tmp_path: Path, workspace: Path, checkpoints: Checkpoints, needs: Callable
) -> Iterator[Callable[..., str]]:
    """Grades what was handed in, by the instructor's checks, too."""
    needs("bwrap")
    lay_checkpoints(checkpoints, workspace)

    def run(*options: str) -> str:
        words = ["grade", str(tmp_path / "submitted"), "--out", str(tmp_path / "grades"), "--tasks", str(folder)]
        ran = CliRunner().invoke(app, [*words, *options])
        assert ran.exit_code == 0, (ran.output, ran.exception)
        return ran.output

    yield run
    if warmstart._current:
        warmstart._current.close()
        warmstart._current = None


def test_an_answer_made_for_what_is_known(graded: Callable[..., str], folder: Path, tmp_path: Path) -> None:
    """It passes the public checks and fails the hidden one: that costs its points, and no student reads what it was."""
    (folder / "t06_1.py").write_text(OWN)
    (path,) = MODEL
    # It would be right if it could read the check.
    seen = f'__import__("os").path.exists({str(folder)!r})'
    made = MODEL[path].replace('{"pong": number}', f'{{"pong": number if {seen} else int(number)}}')
    assert made != MODEL[path]
    submit(tmp_path / "submitted", "ada", {"06.1": MODEL})
    submit(tmp_path / "submitted", "eve", {"06.1": {path: made}})
    graded()

    results = Results(tmp_path / "grades" / "results.jsonl").by_key
    right, wrong = (results[f"{student}/06"].verdicts[0] for student in ("ada", "eve"))
    assert (right.outcome, right.points, right.of) == (Outcome.PASSED, 6, 6)
    assert (wrong.outcome, wrong.points, wrong.of) == (Outcome.NOT_YET, 3, 6)
    assert wrong.judged[-1].sentence == OWN_CHECK and SECRET in wrong.judged[-1].hidden
    pages = [page.read_text() for page in (tmp_path / "grades" / "feedback").rglob("*.html")]
    table = (tmp_path / "grades" / "grades.csv").read_text()
    assert len(pages) == 2 and all("own checks" in page for page in pages)
    for told in (*pages, table):
        assert not [word for word in (SECRET, "halves", "zacharias", "4242") if word in told]
    rows = {row["student_id"]: row["raw_score"] for row in csv.DictReader(table.splitlines())}
    assert rows == {"ada": "6", "eve": "3"}

    (folder / "t06_1.py").write_text(OWN.replace("points=3", "points=1"))
    assert "judged already" not in graded("--resume")


def test_a_task_of_ones_own(folder: Path, course: Course, workspace: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A whole new task is found by its number, all of it is hidden, and without its module that is told."""
    (folder / "t06_9.py").write_text(
        '"""Shout."""\nfrom channels_lab.grading.task import Task\n'
        'task = Task("easy", 5, ("chat/consumers.py",), ("?", "!", "."))\n'
        '@task.behaviour\nasync def loud(trial):\n    """In capitals."""\n'
    )
    (folder / "_draft.py").write_text("no Python")
    use_tasks(folder)
    assert (find_task("6.9").title, find_task("06.9").points) == ("Shout", 1)
    assert [one.sentence for one in find_task("06.9").unjudged()] == [OWN_CHECK]
    assert find_task("06.1").points == course_task("06.1").points == 4
    os.environ[OWN_TASKS] = ""
    monkeypatch.setattr(
        "channels_lab.marking.submissions.exercises", lambda course: {"06.9": exercises(course)["06.1"]}
    )
    with pytest.raises(LabError, match=r"exercises/ has a task 06\.9") as forgotten:
        Submitted(course, folder, folder / "beside")
    assert "--tasks DIR" in forgotten.value.fix
    told = _judged(open_task("06.1"), Answer("06.9", {"chat/consumers.py": ""}, True))
    assert told.outcome is Outcome.NOT_CHECKED and "checked by your course" in told.reason


def test_whoever_handed_in_nothing(folder: Path, course: Course, tmp_path: Path) -> None:
    """Who has handed in nothing has lost the points of these checks as well."""
    (folder / "t06_1.py").write_text(OWN)
    use_tasks(folder)
    absent = Entry("fay", "06", State.MISSING)
    report = Report(tmp_path, course, Register((absent,), Roster()), Overrides(tmp_path / "overrides.csv"))
    tasks = {one.number: one.of for one in report.mark(absent, None).tasks}
    assert tasks["06.1"] == find_task("06.1").points == course_task("06.1").points + 2 and len(tasks) == 5


def test_a_mark_depends_on_the_checks(folder: Path, course: Course, tmp_path: Path) -> None:
    """A notebook that was judged by other checks is judged anew."""
    submit(tmp_path / "submitted", "ada", {"06.1": MODEL})

    def digest() -> str:
        return Submitted(course, tmp_path / "submitted", tmp_path / "beside").submissions[0].digest

    before = digest()
    (folder / "t06_1.py").write_text(OWN)
    use_tasks(folder)
    first = digest()
    (folder / "t06_1.py").write_text(OWN + "\n")
    assert len({before, first, digest()}) == 3
    assert fingerprint()


@pytest.mark.parametrize(
    "name, text, told",
    [
        ("06_1.py", OWN, "no task's module by its name"),
        ("t06_1.py", "\n\ntask = (", "t06_1.py, line 3: "),
        ("t06_1.py", "import nothing_such\n", "t06_1.py, line 1: ModuleNotFoundError"),
        ("t06_1.py", "tusk = 1\n", "defines no task"),
        ("t06_2.py", OWN, "is about task 06.1"),
        ("t06_1.py", OWN.replace("comes_back=1", "goes=1"), "line 5: ValueError: goes=1 is no whole number"),
        ("t06_1.py", OWN.replace("comes_back=1", "comes_back=0.5"), "comes_back=0.5"),
        ("t06_1.py", OWN.replace(f'"""{SECRET}."""', ""), "the behaviour halves needs a sentence"),
        ("t06_1.py", OWN.replace('"06.1"', '"06.77"'), "The course has no task 06.77"),
        ("t06_1.py", OWN + "task.files = ('other.py',)\n", "changes other files"),
        ("_t06_1.py", OWN, "There are no tasks in"),
    ],
)
def test_a_bad_module(name: str, text: str, told: str, folder: Path) -> None:
    """Whatever is wrong is told with file and line, before anything is judged."""
    (folder / name).write_text(text)
    with pytest.raises(LabError) as error:
        use_tasks(folder)
    assert told in error.value.message


def test_a_folder_that_is_none(folder: Path) -> None:
    """A folder that is not there is told, and one that answers could read."""
    with pytest.raises(LabError, match="no folder of tasks"):
        use_tasks(folder / "nowhere")
    with pytest.raises(LabError, match="can read"):
        use_tasks(Path(sys.prefix) / "own")
    os.environ[OWN_TASKS] = ""
    assert own_tasks() == {} and fingerprint() == ""
