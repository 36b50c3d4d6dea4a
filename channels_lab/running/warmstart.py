"""The kernel's side of the keeper: one for each process that uses the lab, started when first needed."""

import atexit
import contextlib
import os
import select
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import weakref
from pathlib import Path
from typing import Protocol, TextIO

from channels_lab.errors import LabError
from channels_lab.running.listener import Listener, unix_listener
from channels_lab.running.request import STOP_SECONDS, Request, receive, send

__all__ = ["Launched", "WarmStart", "warm_start"]


class Launched(Protocol):
    """A process that has been started by other means, as `subprocess.Popen` would have it."""

    def poll(self) -> int | None:
        """Not None when it has ended."""

    def wait(self, timeout: float | None = None) -> int:
        """Wait for that; raises TimeoutExpired after so many seconds."""
        raise NotImplementedError

    def kill(self) -> None:
        """End it."""


class WarmStart:
    """Starts processes through a keeper; `folder` is their private run folder, removed with the keeper."""

    apart = False

    def __init__(self, within: Path | None = None) -> None:
        self.folder = _run_folder(within)
        self._control, theirs = socket.socketpair()
        try:
            with theirs, (self.folder / "keeper.log").open("w") as log:
                self._process = self._launch(theirs, log)
        except (OSError, LabError) as error:
            self._control.close()
            shutil.rmtree(self.folder, ignore_errors=True)
            if isinstance(error, LabError):
                raise
            raise LabError(
                f"No process can be started: {error.strerror}.", "Close some programs and try again."
            ) from None
        _held.add(self)
        atexit.register(self.close)
        self.problem: str | None = None

    def _launch(self, control: socket.socket, log: TextIO) -> "subprocess.Popen[bytes] | Launched":
        """Start the keeper's process; it inherits its end of the control socket."""
        return subprocess.Popen(
            # -P: a file django.py beside the notebook must not be imported for Django.
            [sys.executable, "-P", "-m", "channels_lab.running.keeper", str(control.fileno()), str(self.folder)],
            pass_fds=[control.fileno()],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )

    @property
    def alive(self) -> bool:
        """Whether the keeper is still there."""
        return self._process.poll() is None

    def start(self, request: Request, descriptors: list[int]) -> None:
        """Ask for a process; raises LabError when the keeper is gone."""
        self._hear()
        request.cold = request.cold or bool(self.problem)
        try:
            send(self._control, vars(request), descriptors)
        except OSError:
            raise LabError(
                "The process that starts servers is gone.", "Run the cell again: a new one is made."
            ) from None

    def signal(self, pid: int, number: signal.Signals) -> None:
        """Send a signal to a process that the keeper has started, unless it has ended."""
        with contextlib.suppress(OSError):
            send(self._control, {"signal": int(number), "pid": pid})

    def listener(self) -> Listener:
        """A listener of ours that its processes can connect to."""
        return Listener.open()

    def unix_listener(self, path: Path) -> socket.socket:
        """The same at a path; raises OSError where nobody can listen there."""
        return unix_listener(path)

    def wait_until_warm(self, timeout: float = 30) -> str:
        """Block until everything is preloaded; returns "" or what could not be. Raises LabError after `timeout` s."""
        if self.problem is None and not select.select([self._control], [], [], timeout)[0]:
            raise LabError(f"Preloading Django took more than {timeout:g} s.")
        self._hear()
        return self.problem or ""

    def close(self) -> None:
        """End the keeper, everything that it started, and its folder."""
        self._let_go()
        try:
            self._process.wait(2 * STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()  # it hangs; a kernel that ends must not
            self._process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)  # it has done that, unless it was killed

    def _let_go(self) -> None:
        atexit.unregister(self.close)
        self._control.close()

    def _hear(self) -> None:
        """Take the keeper's report on preloading, if it has come."""
        if self.problem is None and select.select([self._control], [], [], 0)[0]:
            got = receive(self._control)
            self.problem = got[0]["problem"] if got else "the keeper ended"


# A process that the learner forks must not keep our servers alive after the kernel.
_held: weakref.WeakSet[WarmStart] = weakref.WeakSet()


def _let_go() -> None:
    for one in list(_held):
        one._let_go()


os.register_at_fork(after_in_child=_let_go)


def _run_folder(within: Path | None) -> Path:
    try:
        if within:
            return Path(tempfile.mkdtemp(dir=within))
        # Short: the path of a Unix socket in it holds about a hundred bytes.
        place = tempfile.gettempdir() if len(os.fsencode(tempfile.gettempdir())) < 60 else "/tmp"
        return Path(tempfile.mkdtemp(prefix="channels-lab-", dir=place))
    except OSError as error:
        raise LabError(
            f"No folder for logs and sockets can be made: {error.strerror}.",
            "Free some space, or name another folder in the variable TMPDIR and restart the kernel.",
        ) from None


_current: WarmStart | None = None


def warm_start() -> WarmStart:
    """Return this process's keeper, starting one (in the background) when there is none."""
    global _current
    if _current is None or not _current.alive:
        _current = WarmStart()
    return _current


def _forget() -> None:
    global _current
    _current = None


os.register_at_fork(after_in_child=_forget)
