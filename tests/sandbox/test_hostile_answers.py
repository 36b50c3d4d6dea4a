"""Grading code that wants to break out, to break the machine, or to be given points: as root, and as anybody.

The answers are in `hostile.py`, by the rows of the table of faults. All are judged here under small limits, side by
side, as root; as an ordinary user those that run up against the sandbox's walls. `--slow` judges each by itself, as
both, under those of a class.
"""

import ctypes
import hashlib
import os
import socket
import struct
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

from channels_lab.running.limits import Limits
from channels_lab.sandbox.filters import lock
from tests.leaks import wait_until_gone
from tests.sandbox.grader import Graded, Grader
from tests.sandbox.hostile import MARK, SMALL, Hostile, Outside, hostile_answers

USERS = ["as root", "as an ordinary user"] if os.getuid() == 0 else ["as oneself"]
LANES = 3
# What the grader itself may take, whatever it has read.
MOST_MEMORY = 400
MOST_WRITTEN = 100 << 20


@contextmanager
def grading(user: str) -> Iterator[Grader]:
    """A grader of this user."""
    grader = Grader(ordinary=user == "as an ordinary user")
    try:
        yield grader
    finally:
        grader.close()


@contextmanager
def outside_of_it(folder: Path, grader: Grader) -> Iterator[Outside]:
    """What is outside of a sandbox, and is as it was afterwards: files, a server's port, the disk, the processes."""
    with closing(socket.create_server(("127.0.0.1", 0))) as ours:
        ours.settimeout(0.2)
        outside = Outside(folder, ours.getsockname()[1])
        outside.book.write_text("marks")
        folder.chmod(0o777)
        outside.book.chmod(0o666)
        digest = hashlib.sha256(outside.book.read_bytes()).digest()
        yield outside
        assert hashlib.sha256(outside.book.read_bytes()).digest() == digest and outside.book.stat().st_nlink == 1
        with pytest.raises(TimeoutError):
            ours.accept()
    left = wait_until_gone([one for one in psutil.process_iter(["cmdline"]) if MARK in (one.info["cmdline"] or [])])
    for process in left:
        process.kill()
    assert not left
    running = [words_of(one) for one in psutil.Process(grader.process.pid).children(recursive=True)]
    # The nursery, and bubblewrap before it twice; no sandbox of it.
    assert sum("channels_lab.running.nursery" in words for words in running) <= 3, running
    # What a grader may write to; that an answer reaches no other place, it is told itself.
    assert written_in(grader.folder) + written_in(folder) < MOST_WRITTEN


def words_of(process: psutil.Process) -> list[str]:
    """The command line of a process; nothing of one that is just leaving."""
    try:
        return process.cmdline()
    except psutil.Error:
        return []


def written_in(folder: Path) -> int:
    """How many bytes the files in a folder take."""
    found = 0
    for place, _, names in os.walk(folder):
        for name in names:
            with suppress(OSError):  # somebody tidies up
                found += Path(place, name).lstat().st_blocks * 512
    return found


def see(answer: Hostile, graded: Graded) -> None:
    """What came of an answer is what must."""
    verdict = graded.verdict
    said = f"{verdict.outcome}, {verdict.points} points, {graded.seconds:.1f} s: {graded.said}"
    assert verdict.outcome is answer.outcome, said
    assert verdict.points <= answer.most, said
    assert says(answer, graded), said
    assert graded.seconds < 60 and graded.memory < MOST_MEMORY and not graded.left, (said, graded.memory, graded.left)


def says(answer: Hostile, graded: Graded) -> bool:
    """Whether what is told of an answer are words that must be."""
    return not answer.said or any(words in graded.said for words in answer.said)


@pytest.mark.timeout(400)
@pytest.mark.parametrize("user", USERS)
def test_hostile_answers(
    user: str, needs: Callable[[str], str], tmp_path: Path, subtests: pytest.Subtests, request: pytest.FixtureRequest
) -> None:
    """None sees or writes what is not its own, takes more than its share, earns what it has not done, or stays."""
    needs("bwrap")
    with grading(user) as grader, outside_of_it(tmp_path, grader) as outside:
        word = request.config.getoption("--case")
        # Its walls are another's for each user; whom an answer wants to deceive is the same judge.
        known = hostile_answers(outside, SMALL, walls=user == "as an ordinary user")
        answers = [one for one in known if word in one.name]
        for hasty, alone in ((False, False), (False, True), (True, False)):
            some = [one for one in answers if one.hangs is hasty and one.alone is alone]
            told = [{"number": one.number, "files": one.files} for one in some]
            all_graded = grader.judge_all(told, SMALL, lanes=1 if alone else LANES, hasty=hasty)
            for answer, one, graded in zip(some, told, all_graded, strict=True):
                with subtests.test(answer.name):
                    if not alone and not says(answer, graded):
                        # As in a run over a class: what was late in a crowd is judged again, alone, before it counts.
                        see(replace(answer, said=()), graded)
                        [graded] = grader.judge_all([one], SMALL, hasty=hasty)
                    see(answer, graded)


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.parametrize("user", USERS)
def test_hostile_answers_of_a_class(
    user: str, needs: Callable[[str], str], tmp_path: Path, subtests: pytest.Subtests, request: pytest.FixtureRequest
) -> None:
    """The same under the limits of a class, each in a sandbox of its own."""
    needs("bwrap")
    with grading(user) as grader, outside_of_it(tmp_path, grader) as outside:
        word = request.config.getoption("--case")
        for answer in hostile_answers(outside, Limits()):
            with subtests.test(answer.name):
                if word in answer.name:
                    see(answer, grader.judge(answer.number, answer.files))


@pytest.mark.skipif(os.getuid() != 0, reason="newer kernels let only root lock a socket")
def test_what_locks_the_listener() -> None:
    """Without the lock that way is open; with it, it is not, and whoever has the socket cannot take it off."""
    for locked in (False, True):
        with closing(socket.create_server(("127.0.0.1", 0))) as ours, socket.create_server(("127.0.0.1", 0)) as theirs:
            ours.settimeout(0.2)
            if locked:
                lock(theirs)
                with pytest.raises(PermissionError):
                    theirs.setsockopt(socket.SOL_SOCKET, 27, 0)  # SO_DETACH_FILTER
            ctypes.CDLL(None).connect(theirs.fileno(), struct.pack("H14x", 0), 16)
            theirs.settimeout(0.3)
            try:
                theirs.connect(ours.getsockname())
            except OSError:
                assert locked
            if locked:
                with pytest.raises(TimeoutError):
                    ours.accept()
            else:
                ours.accept()[0].close()
