"""Rows 78 to 80 of the table of faults: many learners on one host, a stranger on it, and little memory."""

import contextlib
import os
import re
import socket
import stat
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.leaks import wait_until_gone

from .conftest import CHAT, START, Place
from .kernel import Kernel
from .memory import bounded

MIB = 1024 * 1024
ADDRESS = "print(server.port, await lab.redis())"
NOBODY = 65534


def memory(kernel: Kernel) -> float:
    """MiB that a kernel and all that it started take; what they share with others is shared out."""
    return sum(one.memory_full_info().pss for one in kernel.family()) / MIB


def at_work(place: Place, folder: Path) -> Kernel:
    """A learner who has a server, a Valkey, and said something."""
    learner = Place(place.course, folder / "workspace", place.make)
    kernel = learner.started()
    kernel.ok(START)
    return kernel


@contextmanager
def somebody_else() -> Iterator[None]:
    """Connect as another user of the system, where one may; else as oneself."""
    if os.geteuid():
        yield
        return
    os.seteuid(NOBODY)
    try:
        yield
    finally:
        os.seteuid(0)


def is_private(kernel: Kernel) -> None:
    """Another user reaches neither the Valkey nor the run folder of a learner; what has a port is on loopback alone."""
    url = kernel.ok("print(await lab.redis())").split()[-1]
    path = Path(url.removeprefix("unix://").partition("?")[0])
    assert stat.S_ISSOCK(path.stat().st_mode) and stat.S_IMODE(path.stat().st_mode) == 0o700
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    sockets = [one for process in kernel.family() for one in process.net_connections("inet")]
    assert {one.laddr.ip for one in sockets if not one.raddr} <= {"127.0.0.1", "::1"}
    with socket.socket(socket.AF_UNIX) as mine:
        mine.connect(str(path))
    if os.geteuid() == 0:
        with socket.socket(socket.AF_UNIX) as theirs, somebody_else(), pytest.raises(PermissionError):
            theirs.connect(str(path))
        with somebody_else(), pytest.raises(PermissionError):
            list(path.parent.iterdir())


# 78 and 79: many learners on one host, and a stranger


@pytest.mark.parametrize(
    "learners", [2, pytest.param(30, marks=[pytest.mark.slow, pytest.mark.timeout(900)])], ids=lambda n: f"{n} learners"
)
def test_78_and_79_learners_on_one_host(place: Place, tmp_path: Path, learners: int) -> None:
    """Each has a port and a Valkey that no other user reaches, hears nobody else in the room of one name, < 300 MiB."""
    names = [f"learner{number:02}" for number in range(learners)]
    kernels = {name: at_work(place, tmp_path / name) for name in names}
    addresses = {name: kernel.ok(ADDRESS).split()[-2:] for name, kernel in kernels.items()}
    for number in range(2):
        assert len({address[number] for address in addresses.values()}) == learners
    listen = 'ear = await server.connect("/ws/chat/lobby/", name="ear")'
    for kernel in kernels.values():
        kernel.ok(listen)
    for name, kernel in kernels.items():
        kernel.ok(CHAT.replace('"hi"', f'"hi from {name}"'))
        kernel.ok(f"import redis; valkey = redis.Redis.from_url(await lab.redis()); valkey.set('whose', {name!r})")
    for name, kernel in kernels.items():
        assert f"hi from {name}" in kernel.ok("print(await ear.receive_json(5))")
        kernel.ok("await ear.receive_nothing(0.2)")
        assert name in kernel.ok("print(valkey.get('whose'), valkey.dbsize())")
    taken = sorted(memory(kernel) for kernel in kernels.values())
    processes = max(len(kernel.family()) for kernel in kernels.values())
    print(f"\n{learners} learners: {taken[learners // 2]:.0f} MiB each, at most {taken[-1]:.0f}; {processes} processes")
    assert taken[-1] < 300
    is_private(kernels[names[0]])


# 80: little memory, and a culled kernel


def test_80_a_kernel_that_was_culled(place: Place) -> None:
    """It is under 300 MiB, and ended from outside leaves nothing; a new one finds the project and says so."""
    kernel = place.started()
    kernel.ok(START)
    kernel.ok("await lab.redis()")
    kernel.ok(CHAT)
    assert memory(kernel) < 300
    there = kernel.family()
    kernel.close()
    assert wait_until_gone(there, 10) == []
    again = place.kernel()
    ran = again.run(START, place.cells[2]["id"])
    assert ran.error == "NameError: name 'lab' is not defined"
    assert "This kernel knows nothing yet" in ran.text and "Run All Above Selected Cell" in ran.text
    assert "This kernel knows nothing yet" in again.run("%%project_file chat/mine.py\nMINE = 1").text
    for elsewhere in (again.run("lab"), again.run("print(labb)", place.cells[2]["id"]), again.run("%%html5\nhi")):
        assert re.search("NameError|UsageError", elsewhere.error + elsewhere.stderr)
        assert "This kernel" not in elsewhere.text
    assert "the project is as you left it" in again.ok(place.cells[0]["source"])
    again.ok(START)
    assert "'message': 'hi'" in again.ok(CHAT)


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_80_everything_within_a_gibibyte(tmp_path: Path) -> None:
    """JupyterLab, a notebook with its servers, and beside them the chapters with the crowds: within the hub's 1 GiB
    nothing is ended for want of memory, and every cell succeeds.
    """
    env = os.environ | {"CHANNELS_LAB_WORKSPACE": str(tmp_path / "workspace"), "CHANNELS_LAB_ROOT": str(ROOT)}
    course = [sys.executable, "-m", "channels_lab.cli"]
    with bounded(1024 * MIB) as group, (tmp_path / "said").open("w") as said:
        lab = subprocess.Popen(
            [*group.before, *course, "--no-browser", "--port", "0"], env=env, stdout=said, stderr=said, cwd=ROOT
        )
        kernel = Kernel(tmp_path / "beside", before=group.before, env=env)
        try:
            for source in ("import channels_lab", 'lab = channels_lab.open_chapter("08")', START, "await lab.redis()"):
                kernel.ok(source)
            before = group.mib
            most, running = 0.0, subprocess.Popen([*group.before, *course, "run", "08", "13"], env=env, cwd=ROOT)
            while running.poll() is None:
                most = max(most, group.mib)
                with contextlib.suppress(subprocess.TimeoutExpired):
                    running.wait(0.1)
            print(f"\nJupyterLab and a notebook: {before:.0f} MiB; with chapters 08 and 13 at most {most:.0f}")
            assert (running.returncode, group.killed) == (0, 0)
            kernel.ok(CHAT)
            assert lab.poll() is None and "?token=" in (tmp_path / "said").read_text()
        finally:
            kernel.close()
            lab.terminate()
            lab.wait(20)
