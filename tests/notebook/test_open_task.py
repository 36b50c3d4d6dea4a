import shutil

import pytest

from channels_lab.notebook import graded, opening
from channels_lab.notebook import steps as steps_module
from channels_lab.notebook.open_task import open_task
from channels_lab.notebook.opening import open_chapter
from channels_lab.notebook.standings import progress
from channels_lab.notebook.steps import Steps


def test_a_board_that_cannot_be_written_hinders_nothing(workspace, full_disk, capsys):
    """Where the disk is full, that is told, and the check goes on."""
    task = open_task("06.1")
    with full_disk():
        task.note(lambda board: board.look("06.1"))
    assert "Note: The board of your progress was not written:" in capsys.readouterr().out
    assert task.board.standings() == {}


def test_what_nbgrader_runs_leaves_nothing_in_the_workspace(workspace, monkeypatch):
    """Where nbgrader runs notebook after notebook, cells, board and project are of this process alone."""
    monkeypatch.setenv("NBGRADER_EXECUTION", "autograde")
    monkeypatch.setattr(opening, "_current", None)
    task = open_task("06.1")
    task.note(lambda board: board.tried("06.1", 4, passed=True))
    assert not task.desk.folder.is_relative_to(workspace)
    assert task.board.standings() == {}
    assert open_chapter("05").workspace.folder == task.desk.folder.parent.parent
    assert "0 of " in repr(progress())
    assert list(workspace.iterdir()) == []
    shutil.rmtree(graded._private_folder())
    graded._private_folder.cache_clear()


class Screen:
    """What a notebook's display has been given, of a display that can be updated."""

    def __init__(self) -> None:
        self.shown: list[str] = []

    def __call__(self, bundle, **options):
        self.shown.append(bundle["text/plain"])
        return self

    update = __call__


@pytest.fixture
def screen(monkeypatch) -> Screen:
    """The display of a notebook; what is cleared is shown as "cleared"."""
    made = Screen()
    monkeypatch.setattr(steps_module, "display", made)
    monkeypatch.setattr(steps_module, "clear_output", lambda wait: made.shown.append("cleared"))
    monkeypatch.setattr(steps_module, "get_ipython", lambda: type("Shell", (), {"kernel": None})())
    return made


def test_a_bar_is_shown_after_two_seconds_and_gives_way_to_the_verdict(screen):
    """A quick check shows no bar; a slow one shows what it does, and how many behaviours it has come to."""
    with Steps("Checking 06.1", ["one", "two", "three"]) as steps:
        steps("Starting", 0.2)
        steps("one", 1.9)
        assert screen.shown == []
        steps("one", 2.1)
        steps("three", 3.4)
    assert screen.shown == [
        "█████░░░░░░░░░░░░░░░ Checking 06.1, 2 s: one",
        "███████████████░░░░░ Checking 06.1, 3 s: three",
        "cleared",
    ]


def test_a_bar_says_that_it_was_stopped(screen):
    """An interrupt leaves the line, with the time."""
    with pytest.raises(KeyboardInterrupt), Steps("Checking 06.1", []) as steps:
        steps("Starting the checker", 5)
        raise KeyboardInterrupt
    assert screen.shown[-1].startswith("Checking 06.1: stopped after ")
