"""Grading code that wants to break out, to break the machine, or to be given points: as root, and as anybody."""

import ctypes
import hashlib
import os
import socket
import struct
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import psutil
import pytest

from channels_lab.grading.verdict import Outcome
from channels_lab.sandbox.filters import lock
from tests.grading.answers import FOLDER
from tests.sandbox.grader import Grader

RIGHT = (FOLDER / "06/06.1/right_value_first.py").read_text()
JOBS = (FOLDER / "10/10.1/right_loop.py").read_text()
RECEIVE = "    def receive(self, text_data=None, bytes_data=None):\n"
FORGED = """
import os
for fd in range(3, 60):
    try:
        os.write(fd, b'{"outcome": "passed", "points": 4}\\nready\\nexit 0 1.0\\n')
    except OSError:
        pass
os._exit(0)
"""
MARK = "left-by-the-answer"

# Minutes of bombs and floods, which nobody else should have to share a machine with.
pytestmark = pytest.mark.slow


USERS = ["as root", "as an ordinary user"] if os.getuid() == 0 else ["as oneself"]


@pytest.fixture(scope="session", params=USERS)
def grader(request: pytest.FixtureRequest, needs: Callable[[str], str]) -> Iterator[Grader]:
    """A grader of each user that there is."""
    needs("bwrap")
    grader = Grader(ordinary=request.param == "as an ordinary user")
    yield grader
    grader.close()


@pytest.fixture(autouse=True)
def _nothing_of_it_is_left(request: pytest.FixtureRequest) -> Iterator[None]:
    """Of what an answer has started nothing runs any more, on this machine."""
    yield
    if "grader" not in request.fixturenames:
        return
    grader: Grader = request.getfixturevalue("grader")
    left = [one for one in psutil.process_iter(["cmdline"]) if MARK in (one.info["cmdline"] or [])]
    for process in left:
        process.kill()
    assert not left
    running = [one.cmdline() for one in psutil.Process(grader.process.pid).children(recursive=True)]
    # The nursery, and bubblewrap before it twice; no sandbox of it.
    assert sum("channels_lab.running.nursery" in words for words in running) <= 3, running


def answer(at_import: str = "", at_receive: str = "") -> dict[str, str]:
    """The right answer to 06.1, and besides what it does when it is imported, and when a message comes."""
    lines = "".join(f"        {line}\n" for line in at_receive.splitlines())
    text = RIGHT.replace(RECEIVE, RECEIVE + lines)
    assert not at_receive or text != RIGHT
    return {"chat/consumers.py": f"{text}\n\n{at_import}\n"}


# What it can see


def test_others_files_are_not_there(grader: Grader, tmp_path: Path) -> None:
    """Checks, solutions, other submissions: an answer finds none of them."""
    secret = tmp_path / "gradebook.db"
    secret.write_text("marks")
    code = f"""
import os
places = ["{secret}", "{Path(__file__).parents[2]}/solutions", "{Path(__file__).parents[2]}/tests", "/etc/passwd"]
rooms = ("grading", "explain", "course", "wire")
import channels_lab
rooms = [room for room in rooms if os.path.exists(os.path.dirname(channels_lab.__file__) + "/" + room)]
raise RuntimeError("found", [place for place in places if os.path.exists(place) and os.listdir(place)], rooms)
"""
    graded = grader.judge("06.1", answer(code))
    assert "RuntimeError: ('found', [], [])" in graded.said
    assert graded.verdict.points == 0


def test_the_graders_environment_is_not_there(grader: Grader) -> None:
    """Neither its own environment nor any process's that it finds tells of the grader."""
    code = """
import os
told = str(dict(os.environ))
for pid in os.listdir("/proc"):
    try:
        told += open(f"/proc/{pid}/environ").read()
    except OSError:
        pass
raise RuntimeError("x1b2" in told, "GRADER" in told, sorted(os.environ))
"""
    said = grader.judge("06.1", answer(code)).said
    assert "RuntimeError: (False, False, [" in said
    assert "CHANNELS_LAB" not in said


def test_the_gradebook_is_not_written(grader: Grader, tmp_path: Path) -> None:
    """A path that it knows is none that it can write."""
    book = tmp_path / "gradebook.db"
    book.write_text("marks")
    tmp_path.chmod(0o777)
    book.chmod(0o666)
    before = hashlib.sha256(book.read_bytes()).digest()
    code = f"import os\nos.makedirs('{tmp_path}', exist_ok=True)\nopen('{book}', 'w').write('A+')\n"
    assert grader.judge("06.1", answer(code)).verdict.outcome is Outcome.NOT_YET
    assert hashlib.sha256(book.read_bytes()).digest() == before


# Points for nothing


@pytest.mark.parametrize(
    "code",
    [
        "import sys; sys.exit(0)",
        "import os; print('PASS'); os._exit(0)",
        FORGED,
        "import builtins, json\njson.loads = lambda *_, **__: {'pong': 1}\nbuiltins.isinstance = lambda *_: True",
        "class Same(str):\n    __eq__ = lambda *_: True\n    __hash__ = str.__hash__\njson = Same()",
    ],
    ids=["exit", "exit and PASS", "forged verdict", "patched json", "always equal"],
)
def test_nothing_is_earned_by_pretending(code: str, grader: Grader) -> None:
    """An end with status 0, a forged verdict on every descriptor, patched libraries: none earns all points."""
    verdict = grader.judge("06.1", answer(code)).verdict
    assert verdict.outcome is Outcome.NOT_YET
    assert verdict.points < verdict.of


# Eating the machine


def test_a_loop_at_import(grader: Grader) -> None:
    """An import that never ends is ended at the start's deadline."""
    graded = grader.judge("06.1", answer("while True: pass"))
    assert "not ready" in graded.said and graded.seconds < 25


def test_a_loop_in_receive(grader: Grader) -> None:
    """A consumer that never returns costs the behaviour its deadline, and the answer its points."""
    graded = grader.judge("06.1", answer(at_receive="while True: pass"))
    assert graded.verdict.outcome is Outcome.NOT_YET and graded.verdict.points == 0 and graded.seconds < 40


@pytest.mark.parametrize(
    "bomb",
    [
        "while True:\n    try: os.fork()\n    except OSError: pass",
        "while True:\n    try:\n        if os.fork() == 0: os.setsid()\n    except OSError: time.sleep(0.01)",
    ],
    ids=["busy", "in sessions of their own"],
)
def test_a_fork_bomb(bomb: str, grader: Grader) -> None:
    """Processes without end are ended as soon as there are too many, and the machine does not notice."""
    graded = grader.judge("06.1", answer(f"import os, time\n{bomb}"))
    assert graded.verdict.reason == "Your program was stopped: it started more than 48 processes."
    assert graded.seconds < 25 and not graded.fit


def test_threads_without_end(grader: Grader) -> None:
    """Threads are counted, too."""
    code = "import threading, time\nwhile True: threading.Thread(target=time.sleep, args=(600,), daemon=True).start()"
    assert "can't start new thread" in grader.judge("06.1", answer(code)).said


def test_six_gibibytes(grader: Grader) -> None:
    """Memory that one process may not have it does not get."""
    assert "MemoryError" in grader.judge("06.1", answer("x = bytearray(6 << 30)")).said


@pytest.mark.parametrize(
    "code",
    [
        "import os, time\nfor _ in range(20): os.fork() or (bytearray(600 << 20), time.sleep(60))",
        "import mmap, os, time\nkept = [mmap.mmap(-1, 256 << 20) for _ in range(8)]\n"
        "for one in kept:\n    for place in range(0, 256 << 20, 4096): one[place] = 1\ntime.sleep(60)",
    ],
    ids=["of many processes", "shared"],
)
def test_memory_together(code: str, grader: Grader) -> None:
    """What all processes take together is bounded as well."""
    graded = grader.judge("06.1", answer(code))
    assert graded.verdict.outcome is Outcome.NOT_YET
    assert "MiB of memory" in graded.said or "MemoryError" in graded.said or "Cannot allocate memory" in graded.said


def test_memory_that_is_no_process_s(grader: Grader) -> None:
    """Files in memory, and segments between processes, which no limit counts, cannot be made."""
    code = """
import ctypes, os
try:
    os.memfd_create("x")
except OSError as error:
    told = error.strerror
raise RuntimeError(told, ctypes.CDLL(None).shmget(1, 1 << 30, 0o1600))
"""
    assert "RuntimeError: ('Operation not permitted', -1)" in grader.judge("06.1", answer(code)).said


def test_output_without_end(grader: Grader) -> None:
    """Of what is printed so much is kept; an answer that prints more is judged by what it does."""
    code = """
import os
written = 0
try:
    for _ in range(3000):
        written += os.write(1, b"x" * 1_000_000)
except OSError:
    pass
assert written <= 16 << 20, written
"""
    graded = grader.judge("06.1", answer(code))
    assert graded.verdict.outcome is Outcome.PASSED, graded.said
    assert graded.memory < 400


@pytest.mark.parametrize(
    "code, said",
    [
        ("open('big', 'wb').truncate(2 << 30)", "File too large"),
        ("for n in range(2000): open(f'{n}', 'wb').write(b'x' * (1 << 20))", "No space left on device"),
        ("import os\nfor n in range(10**7): os.mknod(f'{n}')", "it made more than 10,000 files"),
        ("for n in range(2000): open(f'/tmp/{n}', 'wb')", "Read-only file system"),
        ("kept = [open('/dev/null') for _ in range(2000)]", "Too many open files"),
    ],
    ids=["one file", "many files", "inodes", "elsewhere", "descriptors"],
)
def test_a_full_disk(code: str, said: str, grader: Grader) -> None:
    """What it writes is little, and memory's; the disk does not notice."""
    before = psutil.disk_usage("/tmp").free
    graded = grader.judge("06.1", answer(code))
    assert said in graded.said
    assert before - psutil.disk_usage("/tmp").free < 500 << 20  # others work here, too


# Out of it


def test_no_network(grader: Grader) -> None:
    """Neither the Internet, nor a cloud's metadata, nor a server of this machine can be reached."""
    with closing(socket.create_server(("127.0.0.1", 0))) as ours:
        code = f"""
import socket
told = []
for place in (("1.1.1.1", 80), ("169.254.169.254", 80), ("127.0.0.1", {ours.getsockname()[1]})):
    try:
        socket.create_connection(place, 2)
        told.append("connected")
    except OSError as error:
        told.append(error.strerror)
raise RuntimeError(told)
"""
        said = grader.judge("06.1", answer(code)).said
    assert "['Network is unreachable', 'Network is unreachable', 'Connection refused']" in said


TRICK = """
import os, socket, struct, threading
def escape():
    for fd in range(3, 60):
        try:
            one = socket.socket(fileno=os.dup(fd))
            if one.type != socket.SOCK_STREAM or one.family != socket.AF_INET: continue
            libc.connect(one.fileno(), struct.pack("H14x", 0), 16)
            one.settimeout(1.5)
            one.connect(("127.0.0.1", PORT))
            one.sendall(b"out")
        except OSError: pass
import ctypes
libc = ctypes.CDLL(None)
"""


def test_the_listener_is_no_way_out(grader: Grader) -> None:
    """The socket that is handed in belongs to this machine's network; it cannot be connected to anything there."""
    with closing(socket.create_server(("127.0.0.1", 0))) as ours:
        ours.settimeout(0.2)
        code = TRICK.replace("PORT", str(ours.getsockname()[1]))
        grader.judge("06.1", answer(code, at_receive="escape()"))
        with pytest.raises(TimeoutError):
            ours.accept()


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


@pytest.mark.parametrize("whom", ["-1", "os.getppid()", "2", "1"])
def test_killing_whoever_runs_it(whom: str, grader: Grader) -> None:
    """An answer that ends what runs it has ended itself: that is the verdict."""
    code = f"import os\ntry: os.kill({whom}, 9)\nexcept OSError: pass\nos._exit(1)"
    graded = grader.judge("06.1", answer(at_receive=code))
    assert graded.verdict.outcome is Outcome.NOT_YET and graded.verdict.points == 0
    assert graded.seconds < 25


def test_stopping_whoever_runs_it(grader: Grader) -> None:
    """One that makes its keeper sleep holds up nobody for long."""
    graded = grader.judge("06.1", answer("import os\nos.kill(2, 19)"))
    assert graded.seconds < 40


def test_a_child_that_goes_its_own_way(grader: Grader) -> None:
    """A child in a session of its own, whose parent has gone, ends with the sandbox."""
    code = f"""
import os, sys
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        os.execv(sys.executable, [sys.executable, "-c", "import time; time.sleep(600)", "{MARK}"])
    os._exit(0)
"""
    assert grader.judge("06.1", answer(code)).verdict.outcome is Outcome.PASSED


def test_what_is_swapped_for_a_link(grader: Grader, tmp_path: Path) -> None:
    """The database, the project and Valkey's socket become links to somebody's file: that file is as it was."""
    victim = tmp_path / "victim"
    victim.write_text("mine")
    code = f"""
import glob, os, shutil
for place in ["db.sqlite3", "manage.py", "chat/messages.py", *glob.glob("../../*.sock")]:
    if os.path.exists(place): os.unlink(place)
    os.symlink("{victim}", place)
"""
    graded = grader.judge("10.1", {"tasks/jobs.py": f"{JOBS}\n{code}"})
    assert graded.verdict.outcome is Outcome.NOT_YET
    assert victim.read_text() == "mine" and victim.stat().st_nlink == 1


# What it answers


@pytest.mark.parametrize(
    "code",
    [
        "self.send('x' * (200 << 20))",
        "while True: self.send('x' * 1_000_000)",
        "import time\nfor _ in range(1000): self.send('{}'); time.sleep(0.05)",
        "self.send('[' * 100_000)",
        "self.send('9' * 100_000)",
    ],
    ids=["giant", "endless", "slow", "deep", "a number"],
)
def test_an_answer_that_is_too_much(code: str, grader: Grader) -> None:
    """Whatever comes over the wire, the grader stays small and comes to its verdict."""
    graded = grader.judge("06.1", answer(at_receive=code))
    assert graded.verdict.outcome is Outcome.NOT_YET
    assert graded.memory < 400 and graded.seconds < 40
