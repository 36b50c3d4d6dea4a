"""The keeper: starting, forking ahead, and what is left when it or its kernel goes."""

import gc
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from channels_lab.errors import LabError
from channels_lab.running import servers, warmstart
from channels_lab.running.process import Process, ProcessEnded
from channels_lab.running.servers import Listener
from channels_lab.running.warmstart import WarmStart, warm_start

from ..leaks import wait_until_gone
from .conftest import Start

MakeKeeper = Callable[[], WarmStart]


def ahead_of(keeper: WarmStart, seconds: float = 10) -> psutil.Process:
    """The process that a keeper has forked ahead, once it has."""
    deadline = time.monotonic() + seconds
    parent = psutil.Process(keeper._process.pid)
    while not (children := parent.children()):
        assert time.monotonic() < deadline, "nothing was forked ahead"
    return children[0]


def test_one_keeper_for_all(keeper: WarmStart) -> None:
    """A kernel has one keeper, however often it is asked for."""
    assert warm_start() is keeper is warm_start()


def test_a_dead_keeper_is_replaced(monkeypatch: pytest.MonkeyPatch) -> None:
    """After the keeper was killed, the next call has a new one, and the old folder goes."""
    monkeypatch.setattr(warmstart, "_current", None)
    first = warm_start()
    first._process.kill()
    first._process.wait(5)
    second = warm_start()
    try:
        assert second is not first and second.wait_until_warm() == ""
    finally:
        first.close()
        second.close()
    assert not first.folder.exists() and not second.folder.exists()


def test_closing_removes_the_folder(new_keeper: MakeKeeper) -> None:
    """close() ends the keeper, and its run folder is gone, also while it still preloads."""
    for warm in (True, False):
        keeper = new_keeper()
        if warm:
            keeper.wait_until_warm()
        keeper.close()
        assert not keeper.alive
        assert not keeper.folder.exists()


def test_closing_one_that_hangs(new_keeper: MakeKeeper, monkeypatch: pytest.MonkeyPatch) -> None:
    """A keeper that does not end by itself is killed, and its folder removed."""
    monkeypatch.setattr(warmstart, "STOP_SECONDS", 0.2)
    keeper = new_keeper()
    keeper.wait_until_warm()
    keeper._process.send_signal(signal.SIGSTOP)
    keeper.close()
    assert not keeper.alive
    assert not keeper.folder.exists()


def test_the_run_folder_is_private(keeper: WarmStart) -> None:
    """Nobody else may look into the run folder."""
    assert keeper.folder.stat().st_mode & 0o777 == 0o700


async def test_a_run_folder_that_was_tidied_away(new_keeper: MakeKeeper, folder: Path) -> None:
    """Where something has removed the run folder, the next start makes it again."""
    keeper = new_keeper()
    shutil.rmtree(keeper.folder)
    process = Process("probe", "", "probe:leave", ["return"], cwd=folder, keeper=keeper)
    assert await process.end(20) == 3
    assert process.log == "leaving by return\n"
    assert keeper.folder.stat().st_mode & 0o777 == 0o700


async def test_a_log_that_cannot_be_written(new_keeper: MakeKeeper, folder: Path) -> None:
    """Where no log can be written, the message says so, and no descriptor is left open."""
    keeper = new_keeper()
    shutil.rmtree(keeper.folder)
    (folder / "elsewhere").mkdir()
    keeper.folder.symlink_to(folder / "elsewhere")
    (folder / "elsewhere" / "probe-1.log").symlink_to("/nowhere/at/all")
    before = psutil.Process().num_fds()
    with pytest.raises(LabError, match="probe could not start: its log cannot be written: No such file") as caught:
        Process("probe", "", "probe:leave", ["return"], cwd=folder, keeper=keeper)
    assert "TMPDIR" in caught.value.fix
    del caught
    gc.collect()
    assert psutil.Process().num_fds() == before
    keeper.folder.unlink()


def test_no_temporary_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where no run folder can be made, the message says why, and what to do."""
    monkeypatch.setattr(tempfile, "tempdir", "/dev/null")
    with pytest.raises(LabError, match="No folder for logs and sockets can be made: Not a directory") as caught:
        WarmStart()
    assert "TMPDIR" in caught.value.fix


async def test_a_start_that_is_forgotten_at_once(new_keeper: MakeKeeper, folder: Path) -> None:
    """A process that is dropped before the keeper hears of it does no harm to the keeper."""
    keeper = new_keeper()  # still preloading: the request waits
    dropped = Process("dropped", "", "probe:stay", [], cwd=folder, keeper=keeper)
    del dropped
    gc.collect()
    kept = Process("kept", "", "probe:ready_then_wait", [], cwd=folder, keeper=keeper)
    await kept.ready(20)
    assert keeper.alive
    await kept.stop()


async def test_starting_before_it_is_warm(new_keeper: MakeKeeper, folder: Path) -> None:
    """A start need not wait for the preloading to be over."""
    process = Process("probe", "", "probe:leave", ["return"], cwd=folder, keeper=new_keeper())
    assert await process.end(20) == 3


async def test_a_keeper_that_is_killed(new_keeper: MakeKeeper, folder: Path) -> None:
    """When the keeper is killed, what it started leaves, and the next call says what happened."""
    keeper = new_keeper()
    process = await Process("main", "", "probe:ready_then_wait", [], cwd=folder, keeper=keeper).ready(20)
    server = psutil.Process(process.pid)
    keeper._process.kill()
    await process.end(10)
    with pytest.raises(ProcessEnded, match=r"main was stopped: its keeper is gone\."):
        process.check()
    assert wait_until_gone([server], 5) == []
    with pytest.raises(LabError, match="The process that starts servers is gone"):
        Process("main", "", "probe:stay", [], cwd=folder, keeper=keeper)


async def test_it_forks_one_ahead(keeper: WarmStart, project: Path) -> None:
    """A server takes the process that was forked ahead, and another takes its place."""
    first = ahead_of(keeper)
    listener = Listener.open()
    with listener.socket:
        process = servers.daphne(project, listener=listener)
        await process.ready(10)
        assert process.pid == first.pid
        await process.stop()
    assert ahead_of(keeper).pid != first.pid


async def test_the_one_ahead_has_died(keeper: WarmStart, project: Path) -> None:
    """Where the process forked ahead was killed, a server starts all the same."""
    first = ahead_of(keeper)
    first.kill()
    assert wait_until_gone([first], 5) == []
    listener = Listener.open()
    with listener.socket:
        process = servers.daphne(project, listener=listener)
        await process.ready(10)
        assert process.pid != first.pid
        await process.stop()


async def test_the_one_ahead_leaves_with_the_keeper(new_keeper: MakeKeeper) -> None:
    """The process forked ahead goes when its keeper is killed."""
    keeper = new_keeper()
    keeper.wait_until_warm()
    ahead = ahead_of(keeper)
    keeper._process.kill()
    assert wait_until_gone([ahead], 5) == []


async def test_interrupts_do_not_end_it(keeper: WarmStart, start: Start) -> None:
    """SIGINT, SIGTERM and SIGHUP, which a terminal sends to everything, leave the keeper alone."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        os.kill(keeper._process.pid, number)
    assert await start("leave", "return").end(10) == 3


async def test_no_descriptor_stays_in_it(keeper: WarmStart, start: Start) -> None:
    """After many starts the keeper and the kernel hold no more descriptors than before."""
    parent, me = psutil.Process(keeper._process.pid), psutil.Process()
    ahead_of(keeper)
    before = parent.num_fds(), me.num_fds()
    for _ in range(10):
        await start("leave", "return").end(10)
    ahead_of(keeper)
    # One leak a start would be ten; one more or less is the keeper at work.
    assert parent.num_fds() - before[0] < 5
    assert me.num_fds() - before[1] < 5


KERNEL = """
import asyncio, os, sys, time
from pathlib import Path
from channels_lab.running.process import Process
from channels_lab.running.warmstart import warm_start
async def main():
    process = await Process("main", "", "probe:TARGET", [], cwd=Path(sys.argv[1])).ready(20)
    print(process.pid, warm_start()._process.pid, warm_start().folder, flush=True)
    END
asyncio.run(main())
"""


FORK = """
    import multiprocessing
    child = multiprocessing.get_context("fork").Process(target=time.sleep, args=(60,))
    child.start()
    print(child.pid, flush=True)
    os.kill(os.getpid(), 9)
"""


@pytest.mark.parametrize(
    ("target", "end"),
    [
        ("ready_then_wait", "os.kill(os.getpid(), 9)"),
        ("ready_then_wait", "os._exit(3)"),
        ("ready_then_wait", "sys.exit(0)"),
        ("ready_then_wait", "raise SystemError('a crash')"),
        ("ready_then_wait", FORK),
        ("stubborn", "os.kill(os.getpid(), 9)"),
        ("stubborn", FORK),
        ("frozen", "os.kill(os.getpid(), 9)"),
    ],
    ids=[
        "killed",
        "os._exit",
        "exit",
        "exception",
        "killed-with-a-fork",
        "killed-stubborn",
        "killed-with-a-fork-stubborn",
        "killed-frozen",
    ],
)
def test_everything_leaves_with_the_kernel(folder: Path, target: str, end: str) -> None:
    """However the kernel ends, and though a process that the learner forked lives on, all is gone in five seconds."""
    assert not ended(folder, target, end, forks=end == FORK).exists()


def test_a_server_leaves_without_its_keeper(folder: Path) -> None:
    """Where keeper and kernel are killed at once, the server leaves by itself, though a forked process lives on."""
    run_folder = ended(folder, "stubborn", f"    warm_start()._process.kill()\n{FORK}", forks=True)
    shutil.rmtree(run_folder)  # nobody was left to remove it


def ended(folder: Path, target: str, end: str, *, forks: bool) -> Path:
    """Let a kernel with a server end, see that all else is gone in five seconds, and return the run folder."""
    code = KERNEL.replace("TARGET", target).replace("END", end.strip())
    kernel = subprocess.Popen(
        [sys.executable, "-W", "ignore", "-c", code, str(folder)],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    with kernel:
        assert kernel.stdout is not None
        server, keeper, run_folder = kernel.stdout.readline().split()
        there = [p for pid in (server, keeper) for p in _family(int(pid))]
        forked = _family(int(kernel.stdout.readline())) if forks else []
        try:
            kernel.wait(20)
            assert wait_until_gone(there, 5) == []
        finally:
            for process in forked:
                process.kill()
    return Path(run_folder)


def _family(pid: int) -> list[psutil.Process]:
    try:
        process = psutil.Process(pid)
        return [process, *process.children(recursive=True)]
    except psutil.NoSuchProcess:
        return []
