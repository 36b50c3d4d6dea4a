"""`channels-lab check`, `watch` and `progress`, on the course's own exercises."""

import json
import os
import re
import signal
import subprocess
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from channels_lab.course.course import Course
from channels_lab.course.workspace import Workspace
from tests.conftest import ROOT

from .conftest import PROGRAM

NAME = "exercises/06_sync_consumer/06_sync_consumer.ipynb"
MODEL = {
    cell["id"]: cell["source"]
    for cell in json.loads((ROOT / NAME.replace("exercises", "solutions", 1)).read_text())["cells"]
}
WRONG = [line.replace('"pong": number', '"pong": 1') for line in MODEL["06-1-consumers"]]


@pytest.fixture(scope="module")
def work(tmp_path_factory) -> Path:
    """A learner's workspace; the checkpoint is prepared in it once."""
    return tmp_path_factory.mktemp("learner") / "workspace"


@pytest.fixture
def notebook(work) -> Path:
    """The learner's own notebook of exercises, as it was given."""
    path = work / NAME
    path.unlink(missing_ok=True)
    Workspace(Course(ROOT), work).prepare()
    return path


@pytest.fixture
def lab(work) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Runs `channels-lab WORD…` in the repository, on that workspace."""

    def run(*words: str) -> subprocess.CompletedProcess[str]:
        done = subprocess.run(
            [*PROGRAM, *words],
            cwd=ROOT,
            env=os.environ | {"CHANNELS_LAB_WORKSPACE": str(work)},
            capture_output=True,
            text=True,
            timeout=120,
            stdin=subprocess.DEVNULL,
        )
        assert "Traceback" not in done.stdout + done.stderr
        return done

    return run


def answer(notebook: Path, **sources: list[str] | None) -> None:
    """Save the notebook with other sources of its cells, `_06_1_consumers=[…]`; None takes the cell away."""
    book = json.loads(notebook.read_text())
    changed = {name.strip("_").replace("_", "-"): source for name, source in sources.items()}
    for cell in book["cells"]:
        cell["source"] = changed.get(cell["id"], cell["source"])
    book["cells"] = [cell for cell in book["cells"] if cell["source"] is not None]
    beside = notebook.with_suffix(".saving")
    beside.write_text(json.dumps(book))
    beside.rename(notebook)


def test_a_task_is_checked_in_the_saved_notebook(notebook, lab):
    """`check 06.1` says what it saw, exits 0 only when all passed, and the board knows of it."""
    done = lab("check", "06.1")
    assert done.returncode == 1
    assert "06.1 · Answer a ping: not attempted." in done.stdout
    answer(notebook, _06_1_consumers=WRONG)
    done = lab("check", "6.1")
    assert done.returncode == 1
    assert "✗ not yet      Who sends a ping gets a pong with the same number. (0 of 2)" in done.stdout
    assert "in `pong` it is `1`" in done.stdout and "(instead of: " in done.stdout
    answer(notebook, _06_1_consumers=MODEL["06-1-consumers"])
    done = lab("check", "06.1")
    assert done.returncode == 0
    assert "06.1 · Answer a ping: All visible checks passed. 4 of 4 points." in done.stdout
    assert "Next: 06.2 · Say who comes" in done.stdout
    row = next(line for line in lab("progress").stdout.splitlines() if line.startswith("06.1"))
    assert row.split()[-2:] == ["2", "1"] and "✓ done" in row


def test_a_notebook_is_checked_task_by_task(notebook, lab, tmp_path):
    """`check PATH.ipynb` checks all of its tasks, wherever it lies, and ends with a table; the board is not touched."""
    answer(notebook, _06_1_consumers=MODEL["06-1-consumers"], _06_2_consumers=None)
    board = notebook.parents[2] / "progress.jsonl"
    board.touch()
    before = board.read_bytes()
    handed_in = tmp_path / "handed in.ipynb"
    handed_in.write_bytes(notebook.read_bytes())
    done = lab("check", str(handed_in))
    assert done.returncode == 1
    assert "All visible checks passed" in done.stdout
    assert "06.2: the cell that writes chat/consumers.py is missing in handed in.ipynb." in done.stdout
    assert re.search(r"06\.1 │ Answer a ping +│ passed +│ 4 of 4", done.stdout)
    assert re.search(r"06\.2 │ Say who comes +│ could not check +│ 0 of 6", done.stdout)
    assert board.read_bytes() == before


@pytest.mark.parametrize(
    ("word", "said"),
    [
        ("06.9", "There is no task 06.9."),
        ("ping", "'ping' is not the number of a task."),
        ("nowhere.ipynb", "There is no notebook nowhere.ipynb."),
        ("notebooks/06_sync_consumer.ipynb", "There are no tasks in 06_sync_consumer.ipynb."),
        ("README.md", "'README.md' is not the number of a task."),
    ],
)
def test_what_cannot_be_checked_is_told(lab, word, said):
    """An unknown task, a missing file and a notebook without tasks are told in a line, with what to do."""
    done = lab("check", word)
    assert done.returncode == 1
    assert said in done.stderr and len(done.stderr.splitlines()) == 2


def test_a_broken_notebook_is_told(notebook, lab):
    """What is no notebook any more, and one whose cell is missing, are outcomes, and say how to go on."""
    answer(notebook, _06_1_consumers=None)
    done = lab("check", "06.1")
    assert done.returncode == 1
    assert "06.1 · Answer a ping: could not check." in done.stdout
    assert "Copy the cell that begins with  %%task_file 06.1 chat/consumers.py" in done.stdout
    notebook.write_text("{")
    done = lab("check", "06.1")
    assert done.returncode == 1
    assert "is not a notebook any more" in done.stdout


@pytest.fixture
def watching(notebook, work) -> Iterator[Callable[[str], str]]:
    """`channels-lab watch`; called with a text it reads on until that was printed."""
    process = subprocess.Popen(
        [*PROGRAM, "watch"],
        cwd=ROOT,
        env=os.environ | {"CHANNELS_LAB_WORKSPACE": str(work), "PYTHONUNBUFFERED": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    said: list[str] = []
    ends = threading.Timer(60, process.kill)
    ends.start()

    def until(text: str) -> str:
        assert process.stdout
        while text not in "".join(said):
            line = process.stdout.readline()
            assert line, f"{text!r} was not printed:\n" + "".join(said)
            said.append(line)
        return "".join(said)

    yield until
    process.send_signal(signal.SIGINT)
    assert "Watching has ended." in until("Watching has ended.")
    assert process.wait(20) == 0
    ends.cancel()
    assert process.stdout
    process.stdout.close()


def test_an_answer_is_checked_when_its_notebook_is_saved(notebook, watching):
    """`watch` checks the task whose answer was changed, and no other; half of a notebook does no harm."""
    watching("Watching ")
    answer(notebook, _06_1_consumers=WRONG)
    watching("in `pong` it is `1`")
    whole = notebook.read_text()
    notebook.write_text(whole[:1000])
    notebook.write_text(whole)
    answer(notebook, _06_1_consumers=MODEL["06-1-consumers"])
    said = watching("All visible checks passed.")
    assert "06.2" not in said.partition("Next:")[0]
    assert said.count("06.1 · Answer a ping: ") == 2
