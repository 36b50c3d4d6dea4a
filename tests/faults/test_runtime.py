"""Rows 66 to 77 of the table of faults: the server and the notebook at run time."""

import contextlib
import os
import re
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from tests.leaks import wait_until_gone
from tests.patience import within

from .conftest import CHAT, CONSUMERS, OPEN, START, Place
from .kernel import Kernel

CONSUMERS_CELL = f"%%project_file chat/consumers.py\n{CONSUMERS}"


def servers_of(kernel: Kernel) -> set[int]:
    """The ports on which the kernel's processes listen."""
    mine, ports = kernel.process.pid, set()
    for process in kernel.family():
        with contextlib.suppress(psutil.NoSuchProcess):  # it has gone meanwhile
            connections = process.net_connections("tcp") if process.pid != mine else []
            ports |= {one.laddr.port for one in connections if one.status == psutil.CONN_LISTEN}
    return ports


# 66: the start cell run twice, and ten times


@pytest.mark.parametrize("times", [2, 10])
def test_66_the_start_cell_run_again(place: Place, times: int) -> None:
    """However often the start cell is run, there is one server, on one port, and it serves the newest code."""
    kernel = place.started()
    for number in range(times):
        changed = CONSUMERS_CELL.replace('VERSION = "one"', f'VERSION = "v{number}"')
        assert "was changed after this server started" in kernel.ok(f"{changed}") + kernel.ok(CHAT)
        kernel.ok(START, "06-start")
        assert f"'version': 'v{number}'" in kernel.ok(CHAT)
    assert kernel.ok("print(len(lab.servers))").strip() == "1"
    assert len(servers_of(kernel)) == 1


def test_66_the_start_cell_run_while_a_client_is_connected(place: Place) -> None:
    """A client of the replaced server is told that it is gone; the new one answers."""
    kernel = place.started()
    kernel.ok('old = await server.connect("/ws/odd/", name="old")')
    kernel.ok(START)
    assert "code 1006" in kernel.run("await old.receive()").shown
    assert "'message': 'hi'" in kernel.ok(CHAT)
    assert len(servers_of(kernel)) == 1


# 67: cells out of order, cells skipped


def test_67_starting_before_opening(place: Place) -> None:
    """The start cell before the first says which line to run, and how it is written."""
    kernel = place.kernel()
    kernel.ok("%load_ext channels_lab")
    assert "No chapter is open in this kernel" in (shown := kernel.run(CONSUMERS_CELL).shown)
    assert "Run the first code cell" in shown
    assert "Traceback" not in shown


def test_67_connecting_before_starting(place: Place) -> None:
    """The chat cell before the start cell names the line that starts the server."""
    kernel = place.kernel()
    kernel.ok(OPEN)
    ran = kernel.run(CHAT)
    assert ran.error.startswith("NameError")
    assert "server is not there yet. Run the cell above with this line first" in ran.text
    assert START in ran.text
    kernel.ok(CONSUMERS_CELL, "06-consumers")
    kernel.ok(START, "06-start")
    assert "'message': 'hi'" in kernel.ok(CHAT)


def test_67_a_file_cell_skipped(place: Place) -> None:
    """Starting without the file that was not written says which cell was not run; running it mends it."""
    kernel = place.kernel()
    kernel.ok(OPEN)
    shown = kernel.run(START, "06-start").shown
    assert "the cell that writes chat/consumers.py" in shown
    assert "cannot import name 'consumers'" in shown
    kernel.ok(CONSUMERS_CELL, "06-consumers")
    kernel.ok(START, "06-start")
    assert "'message': 'hi'" in kernel.ok(CHAT)


def test_67_another_chapter_was_opened_meanwhile(place: Place) -> None:
    """A cell of a notebook whose chapter is no longer in the workspace says how to come back."""
    first, second = place.started(), place.kernel()
    second.ok('%load_ext channels_lab\nimport channels_lab\nlab = channels_lab.open_chapter("05")')
    for cell in (START, CONSUMERS_CELL):
        shown = first.run(cell).shown
        assert 'channels_lab.open_chapter("06")' in shown or 'open_chapter("06")' in shown
        assert "Traceback" not in shown
    first.ok(OPEN)
    first.ok(CONSUMERS_CELL)
    first.ok(START)
    assert "'message': 'hi'" in first.ok(CHAT)


# 68: Restart and Run All


def test_68_restart_and_run_all_ten_times(place: Place) -> None:
    """Ten times Restart and Run All are ten times green, and nothing of the run before is left."""
    kernel = place.kernel()
    for number in range(10):
        # With everything stopped by the last cell, and with a server still running.
        for cell in place.cells[: -1 if number % 2 else None]:
            kernel.ok(cell["source"], cell["id"])
        there = kernel.family()
        kernel.restart()
        assert wait_until_gone(there, 5) == []


def test_68_restart_in_the_middle(place: Place) -> None:
    """After a restart with a server running, the first cell and those not yet run are enough."""
    kernel = place.started()
    there = kernel.family()
    kernel.restart()
    assert wait_until_gone(there, 5) == []
    assert "the project is as you left it" in kernel.ok(OPEN, "06-open")
    kernel.ok(START, "06-start")
    assert "'message': 'hi'" in kernel.ok(CHAT, "06-chat")


@pytest.mark.slow
def test_68_restart_and_run_all_of_a_chapter(kernels: Callable[..., Kernel], tmp_path: Path, course: object) -> None:
    """The real chapter 06, ten times restarted and run, stays green."""
    from channels_lab.course.course import Course

    assert isinstance(course, Course)
    env = {"CHANNELS_LAB_ROOT": str(course.root), "CHANNELS_LAB_WORKSPACE": str(tmp_path / "workspace")}
    kernel = kernels(tmp_path / "beside", env=env)
    for _ in range(10):
        for cell in course.chapter("06").cells:
            if cell["cell_type"] == "code":
                ran = kernel.run(cell["source"], cell["id"])
                assert not ran.error or "raises-exception" in cell["metadata"].get("tags", []), ran.shown
        kernel.restart()


# 69: the kernel dies

HANG = """\
hung = await server.connect("/ws/hang/", name="hung")
await hung.send("go")"""
FORK = """\
import multiprocessing, time
child = multiprocessing.get_context("fork").Process(target=time.sleep, args=(60,))
child.start()
print(child.pid)"""
APP_FORKS = CONSUMERS_CELL.replace("import os\n", 'import os\nimport subprocess\nsubprocess.Popen(["sleep", "1003"])\n')
DEATHS = {
    "SIGKILL": "import os, signal; os.kill(os.getpid(), signal.SIGKILL)",
    "os._exit": "import os; os._exit(1)",
    "segfault": "import ctypes; ctypes.string_at(0)",
    # What the kernel of a machine without memory does, after the kernel of the notebook has met the limit.
    "OOM": (
        "import os, psutil, resource, signal\n"
        "soon = psutil.Process().memory_info().vms + 2**28\n"
        "resource.setrlimit(resource.RLIMIT_AS, (soon, resource.RLIM_INFINITY))\n"
        "try:\n    hoard = [bytearray(2**26) for _ in range(64)]\n"
        "except MemoryError:\n    os.kill(os.getpid(), signal.SIGKILL)"
    ),
}


def dies(kernel: Kernel, how: str, besides: psutil.Process | None = None) -> list[psutil.Process]:
    """Let a kernel die; returns what is left of it five seconds later, besides what may be."""
    there = [process for process in kernel.family() if process != besides]
    assert len(there) > 2
    itself = kernel.process
    kernel.begin(DEATHS[how])
    assert wait_until_gone([itself], 30) == [], "the kernel did not die"
    return wait_until_gone(there, 5)


def wait_for_the_sleeper(kernel: Kernel, seconds: float = 10) -> None:
    """Wait until the app's own child shows its command line: a child in the midst of its exec has none."""
    deadline = time.monotonic() + seconds
    while not any("1003" in words for words in _command_lines(kernel)):
        assert time.monotonic() < deadline, f"no sleep of the app in {seconds} s: {_command_lines(kernel)}"
        time.sleep(0.02)


def _command_lines(kernel: Kernel) -> list[list[str]]:
    found = []
    for process in kernel.family():
        with contextlib.suppress(psutil.NoSuchProcess):
            found.append(process.cmdline())
    return found


@pytest.mark.parametrize("how", DEATHS)
def test_69_the_kernel_dies(place: Place, how: str) -> None:
    """However the kernel dies, its servers and their children are gone in five seconds."""
    kernel = place.started()
    kernel.ok(APP_FORKS)
    kernel.ok(START)
    wait_for_the_sleeper(kernel)
    assert dies(kernel, how) == []


def test_69_a_hung_app(place: Place) -> None:
    """A server in an endless loop goes with the kernel too."""
    kernel = place.started()
    kernel.ok(HANG)
    assert dies(kernel, "SIGKILL") == []


def test_69_a_process_that_the_learner_forked(place: Place) -> None:
    """A process that the learner forked from the kernel, and that outlives it, keeps no server alive."""
    kernel = place.started()
    forked = psutil.Process(int(kernel.ok(FORK)))
    try:
        assert dies(kernel, "SIGKILL", besides=forked) == []
        assert forked.is_running()
    finally:
        forked.kill()


def test_69_the_kernel_ends_as_it_should(place: Place) -> None:
    """Closing a notebook with a server running leaves nothing, and no run folder."""
    kernel = place.started()
    folder = Path(
        kernel.ok("from channels_lab.running.warmstart import warm_start; print(warm_start().folder)").strip()
    )
    there = kernel.family()
    kernel.close()
    assert wait_until_gone(there, 5) == []
    assert not folder.exists()


# 70: interrupt

WAITS = {
    "receive": 'print("waiting"); await alice.receive(timeout=60)',
    "sleep": 'import asyncio; print("waiting"); await asyncio.sleep(60)',
    "sync": 'import time; print("waiting"); time.sleep(60)',
    "loop": 'print("waiting")\nwhile True: pass',
    "start": 'print("waiting"); await lab.daphne("slow:application", name="slow", timeout=60)',
    "manage": 'print("waiting"); await lab.manage("shell", "-c", "import time; time.sleep(60)")',
}


def test_70_interrupt(place: Place, subtests: pytest.Subtests) -> None:
    """Interrupt stops a waiting cell in two seconds; the server lives on, and the next cell works."""
    kernel = place.started()
    kernel.ok("%%project_file slow.py\nimport time\n\ntime.sleep(60)")
    kernel.ok(START)
    for what, cell in WAITS.items():
        with subtests.test(what):
            kernel.ok('alice = await server.connect("/ws/odd/", name="alice")')
            request = kernel.begin(cell)
            kernel.until(request, "waiting")
            kernel.interrupt()
            ran = kernel.end(request, seconds=30)
            assert "KeyboardInterrupt" in ran.error or "CancelledError" in ran.error, ran.shown
            assert ran.seconds < within(2)
            assert kernel.ok('await alice.send("still there"); print(await alice.receive())').strip() == "still there"
            assert "'message': 'hi'" in kernel.ok(CHAT)


# 71: a stranger on the port


def test_71_a_port_that_is_taken(place: Place) -> None:
    """Asking for a stranger's port is answered with a message; without asking, another is found."""
    kernel = place.started()
    with socket.create_server(("127.0.0.1", 0)) as stranger:
        port = stranger.getsockname()[1]
        ran = kernel.run(f'await lab.daphne(name="second", port={port})')
        assert f"Port {port} cannot be used: Address already in use." in ran.shown
        assert "Leave the port out" in ran.shown and "Traceback" not in ran.shown
        kernel.ok('second = await lab.daphne(name="second")')
        assert kernel.ok("print(second.port)").strip() != str(port)
    assert "'message': 'hi'" in kernel.ok(CHAT)


def test_71_a_stranger_takes_the_old_port(place: Place) -> None:
    """A stranger on the port of a stopped server never answers in its place: the new server has another."""
    kernel = place.started()
    port = int(kernel.ok("print(server.port)"))
    kernel.ok("await server.stop()")
    with socket.create_server(("127.0.0.1", port)):
        kernel.ok(CONSUMERS_CELL.replace('VERSION = "one"', 'VERSION = "two"'))
        kernel.ok(START)
        assert int(kernel.ok("print(server.port)")) != port
        assert "'version': 'two'" in kernel.ok(CHAT)


# 72: a failure at import

BROKEN = {
    "an exception": ("chat/consumers.py", CONSUMERS + "\nraise RuntimeError('on purpose')\n", "on purpose"),
    "a missing module": ("chat/consumers.py", "import nothing_like_it\n" + CONSUMERS, "nothing_like_it"),
    "settings": ("config/settings.py", "import os\n\nSECRET = os.environ['NOT_THERE']\n", "NOT_THERE"),
    "a missing name": ("config/asgi.py", "appliction = 1\n", "application"),
    "sys.exit": ("chat/consumers.py", "import sys\n\nsys.exit('no server today')\n", "no server today"),
    "a question": ("chat/consumers.py", "name = input('Your name? ')\n", "EOFError"),
    "os._exit": ("chat/consumers.py", "import os\n\nprint('just before', flush=True)\nos._exit(7)\n", "just before"),
}


def test_72_a_failure_at_import(place: Place, subtests: pytest.Subtests) -> None:
    """A server that fails at import is told in two seconds, with the learner's lines and without ours."""
    kernel = place.started()
    for what, (path, text, sign) in BROKEN.items():
        with subtests.test(what):
            kernel.ok(f"%%project_file {path}\n{text}")
            ran = kernel.run(START)
            assert ran.seconds < within(2)
            # What reads the settings first is the migration.
            assert ("migrate ended" if what == "settings" else "main ended") in ran.shown and sign in ran.shown
            if what in ("an exception", "a missing module", "settings", "a question"):
                assert f"{path}, line {_line(text)}, in <module>" in ran.shown
            assert "channels_lab/" not in ran.shown and "site-packages" not in ran.shown
            assert not servers_of(kernel)
            kernel.ok(f"%%project_file {path}\n{_original(path)}")
            kernel.ok(START)
            assert "'message': 'hi'" in kernel.ok(CHAT)


def _line(text: str) -> int:
    return 1 + next(i for i, line in enumerate(text.splitlines()) if re.search("purpose|nothing|THERE|input", line))


def _original(path: str) -> str:
    from tests import chat_project

    return chat_project.replay().texts()[path]


def test_72_a_syntax_error_from_an_editor(place: Place) -> None:
    """A file that was broken in an editor, not by a cell, is told with its line and caret."""
    kernel = place.started()
    (place.workspace / "project" / "chat" / "consumers.py").write_text("class ChatConsumer(\n    pass\n")
    ran = kernel.run(START)
    assert "chat/consumers.py, line " in ran.shown and "^" in ran.shown and "SyntaxError" in ran.shown
    assert ran.seconds < within(2)


# 73: never ready


@pytest.mark.parametrize("stuck", ["while True:\n    pass", "import time\n\ntime.sleep(60)"], ids=["loop", "sleep"])
def test_73_a_server_that_is_never_ready(place: Place, stuck: str) -> None:
    """A server that is not ready in time, a cold one in three times that, is killed, and told with the log's tail."""
    kernel = place.started()
    kernel.ok(f"%%project_file slow.py\nprint('reading slow.py')\n{stuck}")
    ran = kernel.run('await lab.daphne("slow:application", name="slow", timeout=1)')
    assert "slow was not ready after 1 s, and was stopped." in ran.shown
    assert "reading slow.py" in ran.shown and "Traceback" not in ran.shown
    ran = kernel.run('await lab.daphne("slow:application", name="slow", cold=True, timeout=0.1)')
    assert "slow was not ready after 0.3 s, and was stopped." in ran.shown
    assert len(servers_of(kernel)) == 1
    assert "'message': 'hi'" in kernel.ok(CHAT)


# 74: a later crash


@pytest.mark.parametrize(
    ("crash", "told"),
    [
        (
            'async with server.connect("/ws/odd/") as c:\n    await c.send("exit 3")\n    print(await c.wait_closed())',
            "status 3",
        ),
        ("import os; os.kill(server.process.pid, 9)\nawait server.process.end(10)", "signal SIGKILL"),
    ],
    ids=["exit", "killed"],
)
def test_74_a_later_crash(place: Place, crash: str, told: str) -> None:
    """After a crash the next call says so, whichever it is, and starting again works."""
    kernel = place.started()
    kernel.ok(crash)
    for call in (CHAT, 'await server.get("/")', 'server.show("/")'):
        ran = kernel.run(call)
        assert told in ran.shown and "run the cell that starts it again" in ran.shown
        assert "Traceback" not in ran.shown
    assert "not running" in kernel.ok("server")
    kernel.ok(START)
    assert "'message': 'hi'" in kernel.ok(CHAT)


# 76: a full disk, a read-only folder, a strange path


def on_a_small_disk(folder: Path) -> list[str]:
    """Words that run a command with a file system of 256 KiB at `folder`, or else with files of that size at most."""
    mount = ["sh", "-c", 'mount -t tmpfs -o size=256k none "$0" && exec "$@"', str(folder)]
    for unshare in (["unshare", "-m"], ["unshare", "-rm"]):
        if (
            shutil.which("unshare")
            and not subprocess.run([*unshare, *mount, "true"], stderr=subprocess.DEVNULL).returncode
        ):
            return [*unshare, *mount]
    limit = "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (2**18, 2**18))"
    return [sys.executable, "-c", f"import os, sys; {limit}; os.execvp(sys.argv[1], sys.argv[1:])"]


def without_privileges() -> list[str]:
    """Words that run a command for which permissions count, as they do not for root."""
    return ["setpriv", "--bounding-set=-dac_override,-dac_read_search"] if os.getuid() == 0 else []


FILL = """\
import os
def fill():
    with open(os.path.join(os.environ["CHANNELS_LAB_WORKSPACE"], "filling"), "wb") as file:
        while True:
            file.write(b"x" * 4096); file.flush()
try: fill()
except OSError as error: print(error.strerror)"""


def test_76_a_full_workspace(place: Place) -> None:
    """On a full disk a file cell says so and loses nothing; with space again it works."""
    place.workspace.mkdir()
    kernel = place.started(before=on_a_small_disk(place.workspace))
    assert kernel.ok(FILL).strip() in ("No space left on device", "File too large")
    shown = kernel.run(CONSUMERS_CELL + "# " + "x" * 300_000).shown
    assert "chat/consumers.py cannot be written" in shown and "Nothing was lost" in shown
    assert "Free some space" in shown and "Traceback" not in shown
    for cell in (OPEN.replace('"06"', '"06", restart=True'), START):
        ran = kernel.run(cell)
        assert not ran.error or ("cannot be written" in ran.shown and "Traceback" not in ran.shown), ran.shown
    kernel.ok('os.remove(os.path.join(os.environ["CHANNELS_LAB_WORKSPACE"], "filling"))')
    kernel.ok(CONSUMERS_CELL)
    kernel.ok(START)
    assert "'message': 'hi'" in kernel.ok(CHAT)


def test_76_a_full_temporary_folder(place: Place, tmp_path: Path) -> None:
    """Where logs and records cannot be written, a server runs all the same, or the message says why not."""
    full = tmp_path / "t"
    full.mkdir()
    kernel = place.started(before=on_a_small_disk(full), env={"TMPDIR": str(full)})
    kernel.ok(FILL.replace("CHANNELS_LAB_WORKSPACE", "TMPDIR"))
    assert "'message': 'hi'" in kernel.ok(CHAT)
    assert "'message': 'hi'" in kernel.ok(CHAT)
    ran = kernel.run(START)
    assert not ran.error or ("No space left" in ran.shown and "Traceback" not in ran.shown), ran.shown


def test_76_a_read_only_workspace(place: Place) -> None:
    """In a folder that may not be written, opening a chapter says so, and how to use another."""
    place.workspace.mkdir()
    place.workspace.chmod(0o555)
    kernel = place.kernel(before=without_privileges())
    ran = kernel.run(OPEN)
    assert f"{place.workspace}" in ran.shown and "cannot be written: Permission denied" in ran.shown
    assert "CHANNELS_LAB_WORKSPACE" in ran.shown and "Traceback" not in ran.shown
    place.workspace.chmod(0o755)
    kernel.ok(OPEN)


def test_76_a_workspace_that_became_read_only(place: Place) -> None:
    """When the project may no longer be written, a file cell says so, and the old file is there."""
    kernel = place.started(before=without_privileges())
    folder = place.workspace / "project" / "chat"
    folder.chmod(0o555)
    shown = kernel.run(CONSUMERS_CELL.replace('"one"', '"two"')).shown
    assert "chat/consumers.py cannot be written: Permission denied" in shown
    assert (folder / "consumers.py").read_text() == CONSUMERS
    folder.chmod(0o755)


def test_76_a_file_where_the_workspace_should_be(place: Place) -> None:
    """A file of the workspace's name is told, and left alone."""
    place.workspace.write_text("mine")
    ran = place.kernel().run(OPEN)
    assert "cannot be written" in ran.shown and "Traceback" not in ran.shown
    assert place.workspace.read_text() == "mine"


def test_76_spaces_and_korean_letters(place_in: Callable[[Path], Place], tmp_path: Path) -> None:
    """A course and a workspace in a folder with spaces, Korean letters and signs work as any."""
    place = place_in(tmp_path / "나의 작업 folder #1;%s'\"")
    kernel = place.kernel()
    for cell in place.cells:
        kernel.ok(cell["source"], cell["id"])
    kernel.ok("%%project_file chat/한글.py\nraise RuntimeError('안녕')")
    ran = kernel.run('await lab.daphne("chat.한글:application")')
    assert "chat/한글.py, line 1, in <module>" in ran.shown and "안녕" in ran.shown


def test_76_a_strange_temporary_folder(place: Place, tmp_path: Path) -> None:
    """A temporary folder with a long name of Korean letters and spaces holds Redis' socket too."""
    strange = tmp_path / ("임시 폴더 " * 12)
    strange.mkdir()
    kernel = place.started(env={"TMPDIR": str(strange)})
    assert "'message': 'hi'" in kernel.ok(CHAT)
    url = kernel.ok("print(await lab.redis())").strip().splitlines()[-1]
    pong = (
        "import redis.asyncio\nasync with redis.asyncio.Redis.from_url(url) as client:\n    print(await client.ping())"
    )
    assert kernel.ok(f"url = {url!r}\n{pong}").strip() == "True"
    kernel.close()
    assert not Path(url.removeprefix("unix://")).parent.exists()


# 77: proxies, ::1, offline

PROXIES = {
    name: "http://127.0.0.1:9"
    for word in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "WS_PROXY", "WSS_PROXY", "SOCKS_PROXY")
    for name in (word, word.lower())
}


def test_77_proxy_variables(place: Place) -> None:
    """With proxy variables set, nothing of the lab goes through the proxy."""
    kernel = place.started(env=PROXIES)
    assert "'message': 'hi'" in kernel.ok(CHAT)
    assert "200" in kernel.ok('print(await server.get("/"))')
    assert kernel.ok("print(await lab.redis())")


def test_77_localhost_and_its_other_address(place: Place) -> None:
    """A stranger on the same port of ::1 gets nothing of ours, and a page at localhost may connect."""
    kernel = place.started()
    port = int(kernel.ok("print(server.port)"))
    with contextlib.ExitStack() as stack:
        if socket.has_ipv6:
            with contextlib.suppress(OSError):  # a machine without ::1 has no such stranger
                stranger = stack.enter_context(socket.create_server(("::1", port), family=socket.AF_INET6))
                stranger.setblocking(False)
        assert "'message': 'hi'" in kernel.ok(CHAT)
        at_localhost = CHAT.replace('name="alice"', f'name="alice", origin="http://localhost:{port}"')
        assert "'message': 'hi'" in kernel.ok(at_localhost)
        if "stranger" in locals():
            with pytest.raises(BlockingIOError):
                stranger.accept()
    assert f"http://127.0.0.1:{port}/" in kernel.ok('print(server.show("/").src)')


OFFLINE = """\
import errno, socket, sys
LOCAL = ("localhost", "127.0.0.1", "::1", None, "", b"localhost", "0.0.0.0", "::")
def watch(event, args):
    if event == "socket.getaddrinfo" and args[0] not in LOCAL:
        raise socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution")
    if event == "socket.connect" and isinstance(args[1], tuple) and args[1][0] not in LOCAL:
        raise OSError(errno.ENETUNREACH, "Network is unreachable")
sys.addaudithook(watch)
"""


def test_77_offline(place: Place, tmp_path: Path) -> None:
    """Without a network everything of a chapter works, in the kernel and in its processes."""
    (tmp_path / "offline").mkdir()
    (tmp_path / "offline" / "sitecustomize.py").write_text(OFFLINE)
    kernel = place.kernel(env={"PYTHONPATH": str(tmp_path / "offline")})
    offline = (
        "import socket\ntry: socket.create_connection(('192.0.2.1', 80), 1)\nexcept OSError as e: print(e.strerror)"
    )
    assert "failure in name resolution" in kernel.ok(offline)
    for cell in place.cells:
        kernel.ok(cell["source"], cell["id"])
    kernel.ok("print(await lab.redis())")
