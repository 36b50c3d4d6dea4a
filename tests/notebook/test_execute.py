import os

import pytest

from channels_lab.course.course import Course
from channels_lab.errors import LabError
from channels_lab.notebook.execute import clean_workspace, execute
from tests import small_course
from tests.small_course import OPEN, code, hello, prose


@pytest.fixture
def small(tmp_path, monkeypatch) -> Course:
    monkeypatch.delenv("CHANNELS_LAB_ROOT", raising=False)
    monkeypatch.delenv("CHANNELS_LAB_WORKSPACE", raising=False)
    return small_course.write(
        tmp_path / "course",
        {
            "00_good": [
                prose("# 00"),
                OPEN.format(number="00"),
                hello(),
                'server = await lab.daphne("hello:application")',
                code("1 / 0", "raises-exception"),
                "print((await server.get('/')).text, lab.workspace.folder)",
            ],
            "01_bad": [prose("# 01"), "x = 1", "\n# the reason\nx / 0", "y = 1"],
            "02_slow": ["import threading", "threading.Event().wait()"],
            "03_gone": ["import os\nos._exit(3)"],
        },
    )


def test_a_chapter_is_run_from_a_clean_workspace(small):
    """A good chapter runs to its end in a workspace of its own, and leaves the learner's alone."""
    heard = []
    with clean_workspace(small) as folder:
        outcome = execute(small.chapter("00"), on_cell=heard.append)
        assert (outcome.error, outcome.cells) == ("", 5)
        assert outcome.notebook.cells[-1].outputs[0].text == f"hello {folder.resolve()}\n"
    assert not folder.exists()
    assert heard == [1, 2, 3, 4, 5]
    assert not (small.root / "workspace").exists()
    assert "CHANNELS_LAB_WORKSPACE" not in os.environ


def test_a_failing_cell_is_named_with_its_error(small):
    """The outcome of a failing chapter names the cell, as a reader counts, its first line and the error."""
    with clean_workspace(small):
        outcome = execute(small.chapter("01"))
    assert outcome.error == "cell 3 (# the reason): ZeroDivisionError: division by zero"
    assert outcome.cells == 2


def test_a_cell_that_does_not_end_is_named(small):
    """A cell that waits for ever is given up at the deadline, and named."""
    with clean_workspace(small):
        outcome = execute(small.chapter("02"), cell_timeout=1)
    assert outcome.error.startswith("cell 2 (threading.Event().wait()): A cell timed out")


def test_a_kernel_that_dies_is_told(small):
    """A cell that ends the kernel is named."""
    with clean_workspace(small):
        outcome = execute(small.chapter("03"))
    assert outcome.error.startswith("cell 1 (import os): Kernel died")


def test_a_broken_notebook_is_told(small):
    """A file that is no notebook is named before anything is started."""
    small.chapter("01").notebook.write_text("{")
    with clean_workspace(small), pytest.raises(LabError, match=r"01_bad\.ipynb is not a notebook any more"):
        execute(small.chapter("01"))


def test_a_clean_workspace_gives_the_old_one_back(small, monkeypatch):
    """Within it the variables name the clean workspace and this course; afterwards they are as before."""
    monkeypatch.setenv("CHANNELS_LAB_WORKSPACE", "/mine")
    with pytest.raises(RuntimeError), clean_workspace(small) as folder:
        assert os.environ["CHANNELS_LAB_WORKSPACE"] == str(folder)
        assert os.environ["CHANNELS_LAB_ROOT"] == str(small.root)
        raise RuntimeError
    assert os.environ["CHANNELS_LAB_WORKSPACE"] == "/mine"
    assert "CHANNELS_LAB_ROOT" not in os.environ
