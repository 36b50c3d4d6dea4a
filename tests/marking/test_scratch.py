"""Scratch folders: whoever is killed leaves nothing in the temporary folder."""

import contextlib
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from channels_lab.marking.scratch import Scratch
from tests.conftest import ROOT
from tests.marking.classes import submit

LOOPS = {"06.1": {"chat/consumers.py": "while True:\n    pass\n"}}


def wait_until(said: Callable[[], object], what: str, seconds: float = 30) -> None:
    """Wait until something is so."""
    deadline = time.monotonic() + seconds
    while not said():
        assert time.monotonic() < deadline, what
        time.sleep(0.02)


def test_a_folder_goes_with_whoever_holds_it() -> None:
    """It stays as long as a child holds it that was given it, and goes when that is killed."""
    scratch = Scratch("held-")
    (scratch.folder / "file").write_text("there")
    child = subprocess.Popen(["sleep", "60"], pass_fds=[scratch.held])
    scratch.let_go()
    assert scratch._sweeper.poll() is None and scratch.folder.exists()
    child.kill()
    child.wait()
    scratch.close()
    assert not scratch.folder.exists()


def test_a_grader_that_is_killed(tmp_path: Path, needs: Callable[[str], str]) -> None:
    """A grader and its workers that are killed in the middle of an answer leave no folder, and nothing runs on."""
    needs("bwrap")
    submit(tmp_path / "submitted", "ada", LOOPS)
    place = Path(tempfile.gettempdir())
    words = ["grade", str(tmp_path / "submitted"), "--out", str(tmp_path / "out"), "--jobs", "1"]
    for whole in (True, False):
        grader = subprocess.Popen(
            [sys.executable, "-m", "channels_lab.cli", *words, *([] if whole else ["--resume"])],
            cwd=ROOT,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env=os.environ | {"CHANNELS_LAB_WORKSPACE": str(tmp_path / "workspace")},
            start_new_session=True,
        )
        wait_until(lambda: list(seen_by_workers(place)), "an answer is judged")
        if whole:
            grader.kill()
        else:
            # Its workers, too: of that nobody can see to what they have left.
            for worker in workers(place):
                os.kill(worker, signal.SIGKILL)
            grader.kill()
        grader.wait()
        wait_until(lambda: not [*place.glob("grade-*"), *place.glob("submitted-*")], "the folders are gone")


def seen_by_workers(place: Path) -> Iterator[Path]:
    """The projects that are judged, which lie in a memory of the worker's own."""
    for worker in workers(place):
        with contextlib.suppress(OSError):  # it may end meanwhile
            yield from Path(f"/proc/{worker}/root{place.resolve()}").glob("grade-*/**/box-*/*/manage.py")


def workers(place: Path) -> list[int]:
    """The processes that have their temporary folder there, outside of any sandbox."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            is_worker = b"channels_lab.marking.worker" in (process / "cmdline").read_bytes()
            if is_worker and f"TMPDIR={place}/grade-".encode() in (process / "environ").read_bytes():
                found.append(int(process.name))
        except OSError:
            continue
    return found
