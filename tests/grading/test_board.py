import json
import multiprocessing
import time

import pytest

from channels_lab.course.workspace import Workspace
from channels_lab.errors import LabError
from channels_lab.grading.board import Board, Standing
from tests import small_course
from tests.small_course import prose

NUMBERS = ["05.1", "06.1", "06.2", "06.10"]


@pytest.fixture
def board(tmp_path):
    """The board of a workspace that is not there yet."""
    return Board(tmp_path / "내 작업 공간")


def write(board: Board, number: str, times: int) -> None:
    for _ in range(times):
        board.tried(number, 1, passed=False)


def test_a_board_counts_what_happened(board, monkeypatch):
    """Tries up to the first that passed, hints, the solution, and minutes from the first look until it was done."""
    now = 1_000_000.0
    monkeypatch.setattr(time, "time", lambda: now)
    assert board.standing("06.1") == Standing()
    board.look("06.1")
    now += 60 * 7
    board.tried("06.1", 2, passed=False)
    assert [board.hinted("06.1"), board.hinted("06.1")] == [1, 2]
    now += 60 * 5
    board.tried("06.1", 4, passed=True)
    now += 60 * 60
    board.tried("06.1", 0, passed=False)
    board.solved("06.1")
    board.solved("06.2")
    assert board.standing("06.2").solution
    found = board.standing("06.1")
    assert (found.tries, found.hints, found.minutes, found.best) == (2, 2, 12, 4)
    assert (found.done, found.solution) == (True, False)
    assert list(board.standings()) == ["06.1", "06.2"]


def test_a_task_that_was_done_at_once_took_a_minute(board):
    """Who answers within seconds is told one minute, and who has not finished none."""
    board.look("06.1")
    assert board.standing("06.1").minutes == 0
    board.tried("06.1", 4, passed=True)
    assert board.standing("06.1").minutes == 1


def test_the_next_task_is_the_first_that_is_not_done(board):
    """After a task comes the next one that is open; behind the last one those that were left out."""
    assert board.next(NUMBERS) == "05.1"
    assert board.next(NUMBERS, "06.1") == "06.2"
    board.tried("06.2", 1, passed=True)
    assert board.next(NUMBERS, "06.1") == "06.10"
    assert board.next(NUMBERS, "06.10") == "05.1"
    for number in NUMBERS:
        board.tried(number, 1, passed=True)
    assert board.next(NUMBERS, "06.1") == ""
    assert board.next([]) == ""


def test_two_kernels_at_once_lose_nothing(board):
    """Several processes that note things at the same time leave all of them on the board."""
    fork = multiprocessing.get_context("fork")
    writers = [fork.Process(target=write, args=(board, number, 50)) for number in NUMBERS]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join(60)
    assert {number: found.tries for number, found in board.standings().items()} == dict.fromkeys(NUMBERS, 50)
    assert not board._kept.exists()


@pytest.mark.parametrize(
    "broken",
    [b"\xff\x00garbage", b"{", b"[1]", b'{"at": "x", "task": "06.1", "what": "tried"}', b'{"task": "06.1"}', b"3"],
)
def test_a_broken_line_is_passed_over_and_the_file_kept(board, broken):
    """What cannot be read costs nothing else; a copy of the file is kept beside, once."""
    board.tried("06.1", 1, passed=False)
    with board.file.open("ab") as file:
        file.write(broken)
    board.tried("06.1", 1, passed=True)
    for _ in range(2):
        assert board.standing("06.1").tries == 2
    (copy,) = board._kept.iterdir()
    assert broken in copy.read_bytes()


def test_a_folder_in_its_place_is_kept_beside(board):
    """Where a folder has the file's name, it is moved beside."""
    board.file.mkdir(parents=True)
    board.tried("06.1", 1, passed=True)
    assert board.standing("06.1").done
    (place,) = board._kept.iterdir()
    assert place.is_dir()


def test_a_full_disk_is_told(board, full_disk):
    """Where nothing can be written, the message says so, and what was there stays."""
    board.tried("06.1", 1, passed=False)
    with full_disk(), pytest.raises(LabError, match=r"progress.jsonl cannot be written"):
        board.tried("06.1", 1, passed=True)
    assert board.standing("06.1").tries == 1


def test_a_reset_leaves_the_board(tmp_path):
    """`channels-lab reset` keeps the tasks' trees beside, and what was done stays on the board."""
    course = small_course.write(tmp_path / "course", {"06_chat": [prose("# 06")]})
    workspace = Workspace(course, tmp_path / "work")
    workspace.prepare()
    board = Board(workspace.folder)
    board.tried("06.1", 4, passed=True)
    for name in ("tasks/06.1/mine.py", ".lab/checkpoints/06-1/db.sqlite3"):
        (workspace.folder / name).parent.mkdir(parents=True)
        (workspace.folder / name).touch()
    kept = workspace.reset()
    assert (kept / "tasks" / "06.1" / "mine.py").exists()
    assert not (workspace.folder / "tasks").exists()
    assert not list(kept.rglob("db.sqlite3"))
    assert board.standing("06.1").done
    assert json.loads(board.file.read_text().strip().splitlines()[-1])["task"] == "06.1"
