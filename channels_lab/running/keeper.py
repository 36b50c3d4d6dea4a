"""The keeper: a process beside the kernel that starts all others, and outlives it just long enough to clean up.

It imports Django, Channels, Daphne's parts and Twisted once, and then *forks*: a server has nothing left
to import but the learner's own code. It is our own process and not `multiprocessing`'s forkserver, which a
learner's own code would share, and which neither reaps with a report nor cleans up after a kernel that died.
"""

import contextlib
import os
import select
import shutil
import signal
import socket
import sys
import time
import traceback
from collections.abc import Callable
from typing import Any, NoReturn

from channels_lab.running import child
from channels_lab.running.preload import preload
from channels_lab.running.request import STOP_SECONDS, Request, receive, send

__all__ = ["Keeper", "main", "serve"]


_IDLE_SECONDS = 0.3
_SIGNALS = (signal.SIGCHLD, signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Keeper:
    """Serves one kernel: starts and signals its processes, reaps them, and cleans up when it is gone.

    When nothing is asked of it, it forks one process *ahead*: the next server is there already, with Daphne's
    reactor, and waits on a socket to be told which one it is.
    """

    def __init__(self, control: socket.socket, folder: str, *, warm: bool = True) -> None:
        self.control = control
        self.folder = folder
        self.warm = warm
        self.ahead: tuple[int, socket.socket] | None = None
        self.status: dict[int, int] = {}  # pid → the write end on which its end is reported
        self.wake, self._woken = os.pipe()
        os.set_blocking(self.wake, False)
        os.set_blocking(self._woken, False)
        signal.set_wakeup_fd(self._woken, warn_on_full_buffer=False)
        for number in _SIGNALS:
            signal.signal(number, (lambda *_: None) if number == signal.SIGCHLD else signal.SIG_IGN)

    def serve(self) -> None:
        """Answer requests until the kernel is gone, then end what it left."""
        control = self.control.fileno()
        while True:
            idle = _IDLE_SECONDS if self.warm and self.ahead is None else None
            readable, _, _ = select.select([control, self.wake], [], [], idle)
            self.reap()
            if not readable and idle:
                self.fork_ahead()
            if control in readable:
                try:
                    got = receive(self.control)
                except OSError:
                    got = None
                if got is None:
                    break
                self.handle(*got)
        self.leave()

    def handle(self, message: dict[str, Any], descriptors: list[int]) -> None:
        """Start a process, or signal one that is still ours."""
        if "signal" in message:
            if message["pid"] in self.status:
                os.kill(message["pid"], message["signal"])
            return
        request = _request(message, descriptors)
        status = request.descriptors["status"]
        try:
            pid = self.hand_over(request) or self.fork(
                lambda: child.cold(request) if request.cold else child.run(request)
            )
        except OSError as error:
            _tell(status, f"failed no process could be started: {error.strerror}")
            pid = 0
        for name, descriptor in request.descriptors.items():
            if name != "status" or not pid:
                os.close(descriptor)
        if pid:
            self.status[pid] = status
            _tell(status, f"pid {pid}")

    def fork_ahead(self) -> None:
        """Fork the process that the next server will be."""
        ours, theirs = socket.socketpair()

        def wait() -> int:
            ours.close()
            child.prepare()
            got = receive(theirs)
            theirs.close()
            return child.run(_request(*got)) if got else 0

        try:
            self.ahead = self.fork(wait), ours
        except OSError:
            ours.close()
        theirs.close()

    def hand_over(self, request: Request) -> int:
        """Let the process forked ahead be this server; returns its pid, or 0 where it cannot be."""
        # Daphne reads ASGI_THREADS when it is imported, which has happened there.
        same = request.env.get("ASGI_THREADS") == os.environ.get("ASGI_THREADS")
        if self.ahead is None or request.cold or "listen" not in request.descriptors or not same:
            return 0
        (pid, its), self.ahead = self.ahead, None
        with its:
            try:
                send(its, vars(request), list(request.descriptors.values()))
            except OSError:
                return 0
        return pid

    def fork(self, role: Callable[[], int]) -> int:
        """Fork a child that plays `role` and ends with its result; returns the child's pid."""
        # Blocked meanwhile: a signal that comes before the child has its own handlers is not lost.
        signal.pthread_sigmask(signal.SIG_BLOCK, _SIGNALS)
        try:
            pid = os.fork()
            if pid == 0:
                self._become(role)
            return pid
        finally:
            signal.pthread_sigmask(signal.SIG_UNBLOCK, _SIGNALS)

    def _become(self, role: Callable[[], int]) -> NoReturn:
        """In the child: forget the keeper."""
        code = 1
        try:
            signal.set_wakeup_fd(-1)
            for number in _SIGNALS:
                signal.signal(number, signal.default_int_handler if number == signal.SIGINT else signal.SIG_DFL)
            signal.pthread_sigmask(signal.SIG_UNBLOCK, _SIGNALS)
            self.control.close()
            if self.ahead:
                self.ahead[1].close()
            for descriptor in (self.wake, self._woken, *self.status.values()):
                os.close(descriptor)
            code = role()
        except BaseException:
            traceback.print_exc()
        finally:
            os._exit(code)

    def reap(self) -> None:
        """Report every process that has ended, and end what it left in its session."""
        with contextlib.suppress(BlockingIOError):
            os.read(self.wake, 512)
        for pid in list(self.status):
            if os.waitid(os.P_PID, pid, os.WEXITED | os.WNOHANG | os.WNOWAIT):
                # Before it is reaped its number cannot name another group.
                _kill_group(pid)
                _, code = os.waitpid(pid, 0)
                status = self.status.pop(pid)
                _tell(status, f"exit {os.waitstatus_to_exitcode(code)} {time.monotonic()!r}")
                os.close(status)
        if self.ahead and os.waitpid(self.ahead[0], os.WNOHANG)[0]:
            self.ahead[1].close()
            self.ahead = None

    def leave(self) -> None:
        """The kernel is gone: ask everything to end, insist after STOP_SECONDS, and remove its folder."""
        if self.ahead:
            self.ahead[1].close()
        for pid in self.status:
            os.kill(pid, signal.SIGTERM)
        deadline = time.monotonic() + STOP_SECONDS
        while self.status and (left := deadline - time.monotonic()) > 0:
            select.select([self.wake], [], [], left)
            self.reap()
        for pid in self.status:
            _kill_group(pid)
        shutil.rmtree(self.folder, ignore_errors=True)


def _request(message: dict[str, Any], descriptors: list[int]) -> Request:
    """The request of a message, its descriptors by name as they are numbered here."""
    return Request(**message | {"descriptors": dict(zip(message["descriptors"], descriptors, strict=True))})


def _tell(status: int, line: str) -> None:
    # Nobody may be listening any more: an interrupted cell has forgotten its process.
    with contextlib.suppress(OSError):
        os.write(status, f"{line}\n".encode())


def _kill_group(pid: int) -> None:
    # macOS refuses for a group of zombies.
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, signal.SIGKILL)


def serve(kind: type[Keeper]) -> NoReturn:
    """Be a keeper of this kind, as the command line says: DESCRIPTOR FOLDER, the control socket inherited."""
    control, folder = socket.socket(fileno=int(sys.argv[1])), sys.argv[2]
    os.set_inheritable(control.fileno(), False)
    problem = preload()
    with contextlib.suppress(OSError):  # the kernel may be gone already; then there is a folder to remove
        send(control, {"problem": problem})
    kind(control, folder, warm=not problem).serve()
    os._exit(0)  # at once: a kernel's end waits for it, and a thousand modules need not be taken apart


def main() -> NoReturn:
    """Run as `python -m channels_lab.running.keeper DESCRIPTOR FOLDER`."""
    serve(Keeper)


if __name__ == "__main__":
    # Under its importable name, so that nothing in a child refers to `__main__`.
    from channels_lab.running.keeper import main as _main

    _main()
