"""Tasks in a real kernel, with the real checker: the course's own exercises, answered as a learner would."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import nbformat
import pytest
from nbclient.exceptions import CellExecutionError

from channels_lab.course.course import Course
from channels_lab.notebook.execute import clean_workspace, headless
from tests.conftest import ROOT
from tests.faults.kernel import Kernel

NAME = "06_sync_consumer/06_sync_consumer.ipynb"
STUB, MODEL = (
    {cell["id"]: "".join(cell["source"]) for cell in json.loads((ROOT / folder / NAME).read_text())["cells"]}
    for folder in ("exercises", "solutions")
)
FILE = "chat/consumers.py"
TO_ALL = MODEL["06-1-consumers"].replace(
    'self.send(json.dumps({"pong": number}))',
    'event = {"type": "chat.pong", "number": number}\n'
    "        async_to_sync(self.channel_layer.group_send)(self.group, event)",
)
TO_ALL += '\n\n    def chat_pong(self, event):\n        self.send(json.dumps({"pong": event["number"]}))'


@pytest.fixture(scope="module")
def workspace(tmp_path_factory) -> Path:
    """The workspace of the kernels below."""
    return tmp_path_factory.mktemp("learner") / "workspace"


@pytest.fixture(scope="module")
def kernel(workspace) -> Iterator[Kernel]:
    """A kernel in which the lab is loaded, with its checker warm and the checkpoint made."""
    yield from loaded(workspace)


@pytest.fixture
def another(workspace) -> Iterator[Kernel]:
    """A kernel of a test's own."""
    yield from loaded(workspace)


def loaded(workspace: Path) -> Iterator[Kernel]:
    env = {"CHANNELS_LAB_ROOT": str(ROOT), "CHANNELS_LAB_WORKSPACE": str(workspace)}
    kernel = Kernel(workspace.parent / "beside", env=env)
    try:
        kernel.ok(STUB["06-load"])
        kernel.ok(MODEL["06-1-consumers"])
        kernel.ok('check("06.1")')
        yield kernel
    finally:
        kernel.close()


def run(folder: str):
    """Run a notebook of exercises headlessly; returns it, and the error that ended it."""
    notebook = nbformat.read(ROOT / folder / NAME, as_version=4)
    with clean_workspace(Course(ROOT)) as place:
        client = headless(notebook, place, timeout=60)
        try:
            client.execute()
        except CellExecutionError as error:
            return notebook, error
    return notebook, None


def outputs(notebook, cell_id: str):
    return next(cell for cell in notebook.cells if cell.id == cell_id).outputs


def said(notebook) -> list[str]:
    """The names of the streams that were written to."""
    return [
        output.name for cell in notebook.cells for output in cell.get("outputs", []) if output.output_type == "stream"
    ]


# Run All


def test_run_all_on_a_fresh_notebook_ends_at_the_first_task():
    """The first task that is not attempted ends it, with a kind line and without a traceback."""
    notebook, error = run("exercises")
    assert error.ename == "NotAttempted"
    (shown,) = outputs(notebook, "06-1-check")
    text = "\n".join(shown.traceback)
    assert "06.1 · Answer a ping: not attempted yet." in text
    assert 'hint("06.1")' in text
    assert "Traceback" not in text and "File " not in text and ".py" not in text
    assert outputs(notebook, "06-2-consumers") == []
    assert said(notebook) == []


def test_run_all_on_the_solutions_passes():
    """The model answers pass, each check's value is the number of its points, and nothing goes to stderr."""
    notebook, error = run("solutions")
    assert error is None
    for cell in notebook.cells:
        if cell.source.startswith("check("):
            *shown, value = cell.outputs
            assert "All visible checks passed." in shown[0].data["text/plain"]
            assert value.output_type == "execute_result"
            assert value.data == {"text/plain": str(cell.metadata.nbgrader.points)}
    assert said(notebook) == []


# A verdict


def test_a_wrong_answer_is_told_behaviour_by_behaviour(kernel):
    """What passed, what did not, the first difference as a diagram, and the points as a bare number."""
    kernel.ok(TO_ALL)
    ran = kernel.run('check("06.1")')
    assert (ran.error, ran.result, ran.stderr) == ("", "3", "")
    assert "06.1 · Answer a ping: not yet. 3 of 4 points." in ran.text
    assert "✓ passed       Who sends a ping gets a pong with the same number. (2 of 2)" in ran.text
    assert "✗ not yet      Nobody else in the room hears of it. (0 of 1)" in ran.text
    assert "Nothing should have come to bob" in ran.text
    assert "(nothing was expected)" in ran.text
    assert "text/vnd.mermaid" in ran.kinds
    assert 'Stuck? `hint("06.1")`' in ran.text


def test_the_same_answer_again_is_said_to_be_the_same(kernel):
    """Who has changed the cell and not run it is told so; who has run it is not."""
    kernel.ok(TO_ALL)
    kernel.ok('check("06.1")')
    assert "This is the answer that was checked last." in kernel.ok('check("06.1")')
    kernel.ok(TO_ALL + "\n# changed")
    assert "checked last" not in kernel.ok('check("06.1")')


def test_an_explanation_is_shown_as_the_lab_shows_it(kernel):
    """A mistake that is recognised is explained: what one sees, why, what to change, and the line."""
    kernel.ok(MODEL["06-2-consumers"].replace("def chat_came", "def chat_come"))
    shown = kernel.ok('check("06.2")')
    assert "What to change: Two names have to agree" in shown
    assert f"Your line: {FILE}:" in shown


def test_what_is_no_python_is_refused_by_the_cell_and_told_by_the_check(kernel):
    """A syntax error shows its line in both; the check judges the cell, not what stood there before."""
    kernel.ok(MODEL["06-1-consumers"])
    ran = kernel.run(MODEL["06-1-consumers"] + "\nx = (")
    assert ran.error.startswith("LabError") and "'(' was never closed" in ran.shown
    ran = kernel.run('check("06.1")')
    assert (ran.error, ran.result) == ("", "0")
    assert "'(' was never closed" in ran.text


def test_a_check_may_be_interrupted(another):
    """Interrupt ends a check of an answer that hangs, and the next check works."""
    hangs = MODEL["06-1-consumers"].replace('"""The chat', 'import time\n\ntime.sleep(60)\n"""The chat')
    another.ok(hangs)
    request = another.begin('check("06.1")')
    another.until(request, "Checking 06.1")
    another.interrupt()
    ran = another.end(request)
    assert ran.error.startswith("KeyboardInterrupt")
    assert ran.seconds < 20
    another.ok(MODEL["06-1-consumers"])
    assert another.run('check("06.1")').result == "4"


# The cell and the disk


def test_an_edited_file_is_told_and_taken_by_the_cell(kernel, workspace):
    """The check judges the cell, and says that the disk differs; `--from-disk` puts the file into the cell."""
    kernel.ok(MODEL["06-1-consumers"])
    file = workspace / "tasks" / "06.1" / FILE
    file.write_text(file.read_text() + "\n# edited\n")
    ran = kernel.run('check("06.1")')
    assert ran.result == "4"
    assert (
        f"{FILE} was edited in {workspace}/tasks/06.1 since its cell was run. The cell is what is checked." in ran.text
    )
    ran = kernel.run(MODEL["06-1-consumers"].replace(FILE, f"{FILE} --from-disk", 1))
    (payload,) = ran.payload
    assert (payload["source"], payload["replace"]) == ("set_next_input", True)
    assert payload["text"].startswith(f"%%task_file 06.1 {FILE}\n") and payload["text"].endswith("# edited")
    kernel.ok(payload["text"])
    assert "was edited" not in kernel.ok('check("06.1")')


def test_a_task_writes_into_its_own_tree(kernel, workspace):
    """A task's tree has its answer and the pristine checkpoint, and nothing of another task's."""
    kernel.ok(TO_ALL)
    kernel.ok(MODEL["06-2-consumers"])
    assert "chat_pong" in (workspace / "tasks/06.1" / FILE).read_text()
    assert "chat_pong" not in (workspace / "tasks/06.2" / FILE).read_text()
    assert (workspace / "tasks/06.2/chat/messages.py").is_file()
    assert not (workspace / "project").exists()


@pytest.mark.parametrize(
    ("header", "said"),
    [
        ("06.1 config/asgi.py", "Task 06.1 does not change config/asgi.py."),
        ("06.1 ../asgi.py", "leads out of the project"),
        ("06.9 chat/consumers.py", "There is no task 06.9."),
        ("chat/consumers.py", "is not the number of a task"),
        ("", "names no task"),
    ],
)
def test_a_cell_that_the_task_does_not_have_is_refused(kernel, header, said):
    """A file outside the allowed ones, an unknown task and a malformed line are told without a traceback."""
    ran = kernel.run(f"%%task_file {header}\nX = 1")
    assert said in ran.shown
    assert "Traceback" not in ran.shown and "File " not in ran.shown


def test_an_unknown_task_is_told(kernel):
    """`check`, `hint` and `solution` of a number that is none name those of the chapter; a check earns nothing."""
    assert kernel.run('check("06.9")').result == "0"
    for call in ('check("06.9")', 'hint("06.9")', 'solution("06.9")'):
        ran = kernel.run(call)
        assert "There is no task 06.9." in ran.shown and "06.1, 06.2" in ran.shown
        assert "Traceback" not in ran.shown


# Help, and the board


def test_help_comes_in_steps_and_is_counted(workspace, kernel):
    """Three hints, one at a time; the solution after a try, or on insistence; the board counts them."""
    task = "06.2"
    (workspace / "progress.jsonl").unlink(missing_ok=True)
    assert f"Task {task} is not tried yet" in kernel.ok(f'solution("{task}")')
    for number in (1, 2, 3, 3):
        assert f"Hint {number} of 3: " in kernel.ok(f'hint("{task}")')
    assert "def tell(self, kind)" in kernel.ok(f'solution("{task}", insist=True)')
    shown = kernel.ok("progress()")
    assert "0 of " in shown and "(solution seen)" in shown
    kernel.ok(MODEL["06-2-consumers"])
    shown = kernel.ok(f'check("{task}")')
    assert "### " not in kernel.ok(f'solution("{task}")')
    row = next(line for line in kernel.ok("progress()").splitlines() if line.startswith(task))
    assert row.split()[-3:] == ["1", "3", "1"] and "✓ done" in row


def test_a_restarted_kernel_has_lost_nothing(another):
    """After a restart `check` judges the cells as they were last run."""
    another.ok(MODEL["06-1-consumers"])
    another.restart()
    another.ok(STUB["06-load"])
    assert another.run('check("06.1")').result == "4"


# nbgrader


def test_nbgrader_validates_answers(tmp_path):
    """`nbgrader validate` passes model answers, and fails what is wrong or not attempted, without another's answer."""
    env = os.environ | {"CHANNELS_LAB_ROOT": str(ROOT), "CHANNELS_LAB_WORKSPACE": str(tmp_path / "workspace")}
    for name, sources in {"right": MODEL, "wrong": MODEL | {"06-1-consumers": TO_ALL}, "stub": STUB}.items():
        book = nbformat.read(ROOT / "exercises" / NAME, as_version=4)
        for cell in book.cells:
            cell.source = sources[cell.id]
        # Without its cell, what was run in the notebook before must not count.
        book.cells = [cell for cell in book.cells if (name, cell.id) != ("stub", "06-1-consumers")]
        nbformat.write(book, tmp_path / f"{name}.ipynb")
    command = [Path(sys.executable).parent / "nbgrader", "validate", "right.ipynb", "wrong.ipynb", "stub.ipynb"]
    done = subprocess.run(command, cwd=tmp_path, env=env, capture_output=True, text=True, timeout=100)
    right, wrong, stub = re.split(r"(?=VALIDATION FAILED)", done.stdout)
    assert "Success! Your notebook passes all the tests." in right
    assert "FAILED ON 1 CELL" in wrong and 'check("06.1")' in wrong
    number = sum(cell.endswith("-check") for cell in STUB)
    assert f"FAILED ON {number} CELL" in stub and stub.count("not attempted yet") == number
    assert not (tmp_path / "workspace" / "progress.jsonl").exists()
    assert not (tmp_path / "workspace" / "tasks").exists()


# The first cell


def test_the_first_cell_is_quick_and_starts_the_checker():
    """`from channels_lab import check` imports nothing that explains or serves, and the checker starts beside it."""
    heavy = ("django", "channels", "twisted", "websockets", "channels_lab.explain.book", "channels_lab.grading.task")
    program = (
        "import sys\nfrom channels_lab import check\nfrom channels_lab.grading.checker import checker\n"
        f"print(checker().pid > 0, [name for name in {heavy} if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert (done.stdout, done.stderr) == ("True []\n", "")
