"""The sandbox: what is in it, that the same judge gives the same verdicts with it, and its end."""

import os
import shlex
import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from channels_lab.errors import LabError
from channels_lab.grading.judge import judge
from channels_lab.grading.task import find_task
from channels_lab.grading.tree import Checkpoints
from channels_lab.grading.verdict import Outcome
from channels_lab.running.process import Process
from channels_lab.running.warmstart import WarmStart
from channels_lab.sandbox import confinement, filters
from channels_lab.sandbox.nursery import Nursery
from channels_lab.sandbox.sandbox import Broken, Sandbox
from channels_lab.sandbox.sandboxes import Sandboxes
from tests.grading.answers import Written, models, written_answers
from tests.leaks import wait_until_gone
from tests.sandbox.compare import differences
from tests.sandbox.grader import Grader

NAMES = ("06.1/model", "06.1/wrong_to_all", "06.1/wrong_dies_of_a_list", "06.2/model", "06.2/right_one_handler")
ANSWERS = [one for one in models() + written_answers() if str(one) in (*NAMES, "06.2/wrong_one_group")]
OF_EACH_KIND = [one for one in models() if one.number in ("03.1", "08.3", "10.4", "12.1")]
# Their behaviours reach into the answer's own files: an oracle's socket, and a lock on the database.
REACHING_IN = [one for one in written_answers() if one.number in ("08.3", "10.4") and not one.right]

# Code that names its process and those that it forks, and code that prints all names.
CALL_IT_LEFT = "import ctypes; ctypes.CDLL(None).prctl(15, b'left')"
NAMES_THERE = "import os; print([open(f'/proc/{pid}/comm').read() for pid in os.listdir('/proc') if pid.isdigit()])"


@pytest.fixture(scope="module", params=["by itself", "from a nursery"])
def sandbox(request: pytest.FixtureRequest, needs: Callable[[str], str]) -> Iterator[Sandbox]:
    """One of each way for all of these tests, swept between them."""
    needs("bwrap")
    nursery = Nursery() if request.param == "from a nursery" else None
    with Sandbox(nursery=nursery) as sandbox:
        yield sandbox
    if nursery:
        nursery.close()


@pytest.fixture(scope="module")
def grader(needs: Callable[[str], str]) -> Iterator[Grader]:
    """A process that judges in sandboxes."""
    needs("bwrap")
    grader = Grader(ordinary=False, chapters=("03", "06", "08", "10", "12"))
    yield grader
    grader.close()


@pytest.mark.parametrize(
    "answer", [*ANSWERS, *(pytest.param(one, marks=pytest.mark.slow) for one in REACHING_IN)], ids=str
)
async def test_the_verdict_is_the_same(
    answer: Written, grader: Grader, checkpoints: Checkpoints, keeper: WarmStart
) -> None:
    """An answer earns the same points in a sandbox as without, and is told the same."""
    confined = grader.judge(answer.number, answer.files, seed=7).verdict
    plain = await judge(find_task(answer.number), answer.files, seed=7, checkpoints=checkpoints, starter=keeper)
    assert not differences(confined, plain)


@pytest.mark.parametrize("answer", OF_EACH_KIND, ids=str)
def test_every_kind_of_task(answer: Written, grader: Grader) -> None:
    """A script talks to our server, a worker has its Valkey, an oracle is asked, and tests run, all in the sandbox."""
    graded = grader.judge(answer.number, answer.files)
    assert graded.verdict.outcome is Outcome.PASSED, graded.said
    assert graded.fit and not graded.left


async def run(sandbox: Sandbox, tmp_path: Path, code: str, *words: str) -> str:
    """Run a script in the sandbox; returns what it printed."""
    place = sandbox.folder / tmp_path.name
    place.mkdir(exist_ok=True)
    (place / "script.py").write_text(code)
    process = Process(
        "script", "script", "channels_lab.running.targets:script", ["script.py", *words], cwd=place, keeper=sandbox
    )
    await process.end(20)
    said = process.log
    process.printed.path.unlink()
    return said


async def test_what_is_there(sandbox: Sandbox, tmp_path: Path) -> None:
    """In it are Python, its packages and what a server needs of ours; no check, no solution, nobody's files."""
    sandbox.sweep()  # of what other tests have left
    code = """
import os, sys
for place, folders, files in os.walk("/"):
    folders[:] = [name for name in folders if os.path.join(place, name) not in sys.argv]
    for name in files: print(os.path.join(place, name))
"""
    found = (await run(sandbox, tmp_path, code, "/proc", "/dev", *confinement.visible())).splitlines()
    package = str(Path(confinement.channels_lab.__file__).parent)
    ours = [name.removeprefix(f"{package}/") for name in found if name.startswith(f"{package}/")]
    assert {name.split("/")[0] for name in ours} == {"__init__.py", "errors.py", "running", "record"}
    others = {name for name in found if not name.startswith(f"{package}/")} - set(confinement.visible())
    assert others == {f"{sandbox.folder}/{tmp_path.name}/script.py"}


async def test_what_it_is_told(sandbox: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing of the grader's environment is in any process's there, and nothing of its memory."""
    monkeypatch.setenv("SECRET_OF_THE_GRADER", "x1b2")
    code = (
        "import os\nprint(dict(os.environ))\n"
        "for pid in filter(str.isdigit, os.listdir('/proc')):\n"
        "    for name in ('environ', 'mem', 'cmdline'):\n"
        "        try: print(pid, name, open(f'/proc/{pid}/{name}', 'rb').read(4000))\n"
        "        except OSError as error: print(pid, name, error.strerror)"
    )
    said = await run(sandbox, tmp_path, code)
    assert "SECRET_OF_THE_GRADER" not in said and "x1b2" not in said
    assert "1 environ b''" in said or "1 environ Permission denied" in said
    keeper = 1 if sandbox._nursery else 2
    assert f"{keeper} mem Permission denied" in said


async def test_the_user_there(sandbox: Sandbox, tmp_path: Path) -> None:
    """What runs there is nobody: no user of this machine, no capability, no way to a namespace of its own."""
    code = (
        "import os, ctypes\nprint(os.getuid(), os.getgroups())\n"
        "print([line.split()[1] for line in open('/proc/self/status') if line.startswith('CapEff')])\n"
        "libc = ctypes.CDLL(None, use_errno=True)\n"
        "print([libc.unshare(flag) for flag in (0x10000000, 0x20000)], libc.ptrace(16, os.getppid(), 0, 0))\n"
        "for place in ('/etc/x', '/dev/x', '/x', '/usr/lib/x', '/proc/sys/kernel/core_pattern'):\n"
        "    try: open(place, 'w'); print('written', place)\n"
        "    except OSError as error: pass"
    )
    said = (await run(sandbox, tmp_path, code)).splitlines()
    assert said[1:] == ["['0000000000000000']", "[-1, -1] -1"]
    assert not said[0].startswith("0 ")


async def test_a_sweep_leaves_nothing(sandbox: Sandbox, tmp_path: Path) -> None:
    """Between two tasks everything ends that still runs there, and every file goes."""
    code = (
        f"import os, time\n{CALL_IT_LEFT}\nif os.fork() == 0:\n    os.setsid()\n"
        "    if os.fork() == 0: time.sleep(60)\n    os._exit(0)\nopen('../kept', 'w').write('here')"
    )
    await run(sandbox, tmp_path, code)
    sandbox.sweep()
    said = await run(sandbox, tmp_path, f"import os\nprint(sorted(os.listdir('..')))\n{NAMES_THERE}")
    folders, names = said.splitlines()
    assert folders == f"['{tmp_path.name}']"
    assert "left" not in names and "python" in names


async def test_its_end_is_the_end_of_all(needs: Callable[[str], str]) -> None:
    """When it is closed nothing is left of what ran there, nor its folder; what then asks of it is told."""
    needs("bwrap")
    with Sandbox() as sandbox:
        first = sandbox._first
        there = psutil.Process(first)
    assert wait_until_gone([there]) == []
    assert not sandbox.folder.exists()
    with pytest.raises(Broken, match="is gone"):
        sandbox.sweep()


async def test_a_keeper_that_is_killed(needs: Callable[[str], str], tmp_path: Path) -> None:
    """Where its keeper has been killed from inside, the sandbox says that it is gone."""
    needs("bwrap")
    with Sandbox() as sandbox:
        os.kill(sandbox._first, signal.SIGKILL)
        sandbox._process.wait()
        with pytest.raises(Broken, match="ended from inside"):
            await run(sandbox, tmp_path, "")


async def test_two_of_one_nursery(needs: Callable[[str], str], tmp_path: Path) -> None:
    """Two sandboxes of one nursery have nothing in common: files, processes, sockets, terminals."""
    needs("bwrap")
    nursery = Nursery()
    leave = (
        "import os, socket, time\n"
        "open('../mine', 'w').write('x1b2')\n"
        "first, second = socket.socket(socket.AF_UNIX), socket.create_server(('127.0.0.1', 7171))\n"
        "first.bind('\\0mine'); first.listen()\n"
        "try: os.openpty(); print('a terminal')\n"
        "except OSError: print('no terminal')\n"
        f"{CALL_IT_LEFT}\nif not os.fork(): os.setsid(); time.sleep(60)"
    )
    look = (
        f"import os, sys, socket\n{NAMES_THERE}\n"
        "print(os.path.exists(sys.argv[1]), os.listdir(os.path.dirname(os.path.dirname(sys.argv[1]))))\n"
        "for where in ('\\0mine', ('127.0.0.1', 7171)):\n"
        "    kind = socket.AF_UNIX if isinstance(where, str) else socket.AF_INET\n"
        "    print(socket.socket(kind).connect_ex(where) != 0)"
    )
    try:
        with Sandbox(nursery=nursery) as one, Sandbox(nursery=nursery) as other:
            assert (await run(one, tmp_path, leave)).startswith("no terminal")
            assert "left" in await run(one, tmp_path / "another", NAMES_THERE)
            names, files, *rest = (await run(other, tmp_path, look, f"{one.folder}/mine")).splitlines()
            assert "left" not in names and files == f"False ['{other.folder.name}']"
            assert rest == ["True", "True"]
            uids = {psutil.Process(sandbox._first).uids().real for sandbox in (one, other)}
            assert len(uids) == 2 or os.getuid()
    finally:
        nursery.close()


def test_where_there_can_be_no_nursery(needs: Callable[[str], str], monkeypatch: pytest.MonkeyPatch) -> None:
    """Where a nursery's sandboxes cannot isolate themselves, each is made by bubblewrap, as before."""
    needs("bwrap")
    monkeypatch.setattr(confinement, "_TO_ISOLATE", ())
    sandboxes = Sandboxes()
    with sandboxes.make() as sandbox:
        assert not sandbox._nursery and not sandboxes._nursery
        sandbox.sweep()
    sandboxes.close()


def test_without_bubblewrap(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Without bubblewrap there is no sandbox, and no grading; the message says how to install it."""
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(LabError, match="not installed") as told:
        Sandbox()
    assert "apt install bubblewrap" in told.value.fix and "--trust" in told.value.fix


@pytest.mark.parametrize(
    "said, fix",
    [
        ("bwrap: No permissions to create new namespace, likely because …", "--security-opt seccomp=unconfined"),
        ("bwrap: Creating new namespace failed: Operation not permitted", "--security-opt seccomp=unconfined"),
        ("bwrap: setting up uid map: Permission denied", "/etc/apparmor.d/bwrap"),
        ("bwrap: loopback: Failed RTM_NEWADDR: Operation not permitted", "/etc/apparmor.d/bwrap"),
        ("bwrap: Can't mount proc on /newroot/proc: Operation not permitted", "systempaths=unconfined"),
        ("bwrap: Failed to make / slave: Permission denied", "--security-opt apparmor=unconfined"),
        ("bwrap: Creating new namespace failed: No space left on device", "user.max_user_namespaces"),
        ("bwrap: Unknown option --size", "0.7 or newer"),
    ],
)
def test_a_bubblewrap_that_cannot(said: str, fix: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Where bubblewrap refuses, its own words are told, and what to do."""
    program = tmp_path / "bwrap"
    program.write_text(f"#!/bin/sh\necho {shlex.quote(said)} >&2\nexit 1\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    for make in (Sandbox, confinement.alone):
        with pytest.raises(LabError) as told:
            make()
        assert said in told.value.message and fix in told.value.fix


def test_filters_know_this_machine() -> None:
    """There is a filter of system calls for the machines that the course runs on, and none for a strange one."""
    assert filters.system_calls() and filters.system_calls("aarch64") and not filters.system_calls("m68k")
