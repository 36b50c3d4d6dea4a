"""What a test may leave behind: nothing. Processes, listening ports, folders, sockets, changed files."""

import contextlib
import hashlib
import os
import socket
import stat
import subprocess
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from channels_lab.running import warmstart

__all__ = ["MARKER", "Files", "Traces", "ours", "wait_until_gone"]

MARKER = "CHANNELS_LAB_TEST_SESSION"
ROOT = Path(__file__).resolve().parent.parent
# What has been asked to end is given this long to be gone.
PATIENCE = 5
# A browser that lives for a session starts and ends helpers as it likes.
_BROWSERS = ("chrom", "headless_shell", "node", "playwright")


@dataclass
class Traces:
    """What is there before a test; `left()` says what is there after it that was not."""

    processes: set[psutil.Process] = field(default_factory=set)
    ports: set[int] = field(default_factory=set)
    paths: set[Path] = field(default_factory=set)

    @classmethod
    def now(cls) -> "Traces":
        """Look at what is there."""
        return cls(set(ours()), _ports(), _paths())

    def left(self, *, patience: float = PATIENCE) -> list[str]:
        """Say what has been left since; ends the processes, so that the next test is not blamed for them."""
        new = [p for p in ours() if p not in self.processes and not self._of_a_browser(p)]
        keeper = _keeper()
        if new:
            # Looked up afterwards: an idle keeper may fork its next process at any moment.
            idle = [keeper, *_ahead(keeper)] if keeper else []
            # The same of a kernel that serves several tests.
            others = [one for process in self.processes if _is_keeper(process) for one in _ahead(process)]
            new = [process for process in new if process not in idle and process not in others]
        found = wait_until_gone(new, patience)
        lines = [f"process {_shown(process)}" for process in found]
        for process in found:
            with contextlib.suppress(psutil.Error):  # it has gone meanwhile
                process.kill()
        wait_until_gone(found)
        lines += [f"listening port {port} in {_shown(psutil.Process())}" for port in _ports() - self.ports]
        lines += [f"listening port {port} in {_shown(keeper)}" for port in _listening(keeper)] if keeper else []
        lines += [f"temporary {path}" for path in sorted(_paths() - self.paths)]
        return lines

    def _of_a_browser(self, process: psutil.Process) -> bool:
        try:
            older = process.parents()
            return any(parent in self.processes and parent.name().startswith(_BROWSERS) for parent in older)
        except psutil.Error:
            return False


@dataclass
class Files:
    """The files that git knows, as they are; `changed()` says which have been changed since."""

    stamps: dict[str, tuple[int, int]]

    @classmethod
    def now(cls) -> "Files":
        """Look at them."""
        return cls(_stamps())

    def changed(self) -> list[str]:
        """Name what has been changed; what was only touched is not."""
        now = _stamps()
        touched = [name for name in {**self.stamps, **now} if self.stamps.get(name) != now.get(name)]
        return [f"changed file {name}" for name in sorted(touched) if _digest(name) != _CONTENT.get(name)]


def ours() -> list[psutil.Process]:
    """The processes that this test process has started, directly or not: by descent, or by the marker."""
    global _seen
    now = {}
    for process in psutil.process_iter():
        # It gives the same object for the same process; whose it is does not change.
        known = _seen.get(process.pid)
        now[process.pid] = known if known and known[0] is process else (process, _is_ours(process))
    _seen = now
    return [process for process, mine in now.values() if mine and _runs(process)]


_seen: dict[int, tuple[psutil.Process, bool]] = {}


def _is_ours(process: psutil.Process) -> bool:
    me = psutil.Process()
    if process == me:
        return False
    with contextlib.suppress(psutil.Error, OSError):
        if os.environ[MARKER].split()[-1] in process.environ().get(MARKER, "").split():
            return True
    with contextlib.suppress(psutil.Error, OSError):
        return me in process.parents()
    return False


def wait_until_gone(processes: list[psutil.Process], seconds: float = PATIENCE) -> list[psutil.Process]:
    """Wait for processes to end; returns those that have not. One that only awaits its burial has ended."""
    deadline = time.monotonic() + seconds
    while processes and time.monotonic() < deadline:
        processes = [process for process in psutil.wait_procs(processes, 0.05)[1] if _runs(process)]
    return processes


def _runs(process: psutil.Process) -> bool:
    try:
        return process.status() != psutil.STATUS_ZOMBIE
    except psutil.Error:
        return False


def _keeper() -> psutil.Process | None:
    """The one idle keeper that a kernel, here this process, may have."""
    current = warmstart._current
    try:
        return psutil.Process(current._process.pid) if current and current.alive else None
    except psutil.Error:
        return None


def _is_keeper(process: psutil.Process) -> bool:
    try:
        words = set(process.cmdline())
        return any(f"channels_lab.running.{name}" in words for name in ("keeper", "confined", "nursery"))
    except psutil.Error:
        return False


def _ahead(keeper: psutil.Process) -> list[psutil.Process]:
    """The process that an idle keeper has forked ahead: it still has the keeper's own log, and no server's."""
    found = []
    for child in _children(keeper):
        with contextlib.suppress(psutil.Error):
            if any(Path(file.path).name == "keeper.log" for file in child.open_files()):
                found.append(child)
    return found[:1]


def _children(process: psutil.Process) -> list[psutil.Process]:
    try:
        return process.children()
    except psutil.Error:
        return []


def _shown(process: psutil.Process) -> str:
    try:
        return f"{process.pid}: {' '.join(process.cmdline())[:160]}"
    except psutil.Error:
        return str(process.pid)


def _listening(process: psutil.Process) -> set[int]:
    """The ports on which another process listens; looked for only where it has more descriptors than it had."""
    try:
        now = process.num_fds()
        if now <= _descriptors.get(process, 0):
            return set()
        ports = {c.laddr.port for c in process.net_connections("tcp") if c.status == psutil.CONN_LISTEN}
    except psutil.Error:
        return set()
    if not ports:
        _descriptors[process] = now
    return ports


_descriptors: dict[psutil.Process, int] = {}


def _ports() -> set[int]:
    """The ports on which this process listens. From its descriptors: the system's table of connections is long."""
    ports = set()
    for number in [int(path.name) for path in Path("/dev/fd").iterdir()]:
        with contextlib.suppress(OSError):  # the listing's own is closed by now
            if stat.S_ISSOCK(os.fstat(number).st_mode):
                with socket.socket(fileno=os.dup(number)) as one:
                    if one.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN) and one.family in _INTERNET:
                        ports.add(one.getsockname()[1])
    return ports


_INTERNET = (socket.AF_INET, socket.AF_INET6)


def _paths() -> set[Path]:
    """Run folders and socket files in this test process's own temporary folder."""
    folder = Path(tempfile.gettempdir())
    current = warmstart._current
    kept = current.folder if current and current.alive else None
    names = ("channels-lab-*", "grade-*", "submitted-*")
    folders = {path for name in names for path in folder.glob(name) if path != kept}
    sockets = set()
    for where, _, names in os.walk(folder):
        sockets.update(path for name in names if _is_socket(path := Path(where, name)))
    return folders | sockets


def _is_socket(path: Path) -> bool:
    try:
        return stat.S_ISSOCK(path.lstat().st_mode)
    except OSError:
        return False


# The files that git knows


def _tracked() -> list[str]:
    try:
        listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True, text=True)
    except (OSError, subprocess.CalledProcessError):
        return []  # an unpacked archive, or no git: nothing to compare with
    return [name for name in listed.stdout.split("\0") if name]


def _digest(name: str) -> str:
    try:
        return hashlib.sha256((ROOT / name).read_bytes()).hexdigest()
    except OSError:
        return "gone"


def _stamps() -> dict[str, tuple[int, int]]:
    stamps = {}
    for name in _CONTENT:
        try:
            about = (ROOT / name).stat()
            stamps[name] = (about.st_mtime_ns, about.st_size)
        except OSError:
            stamps[name] = (0, 0)
    return stamps


_CONTENT = {name: _digest(name) for name in _tracked()}
