"""The keeper: a process beside the kernel that starts all others, and outlives it just long enough to clean up.

It imports Django, Channels, Daphne's parts and Twisted once, and then *forks*: a server has nothing left
to import but the learner's own code. It is our own process and not `multiprocessing`'s forkserver, which a
learner's own code would share, and which neither reaps with a report nor cleans up after a kernel that died.
"""

import contextlib
import gc
import os
import select
import shutil
import signal
import socket
import sys
import time
from typing import Any

from channels_lab.running.preload import preload
from channels_lab.running.request import STOP_SECONDS, Request, receive, send

__all__ = ["Keeper", "main"]


class Keeper:
    """Serves one kernel: starts and signals its processes, reaps them, and cleans up when it is gone."""

    def __init__(self, control: socket.socket, folder: str) -> None:
        self.control = control
        self.folder = folder
        self.status: dict[int, int] = {}  # pid → the write end on which its end is reported
        self.wake, self._woken = os.pipe()
        os.set_blocking(self.wake, False)
        os.set_blocking(self._woken, False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.set_wakeup_fd(self._woken, warn_on_full_buffer=False)
        for ignored in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(ignored, signal.SIG_IGN)

    def serve(self) -> None:
        """Answer requests until the kernel is gone, then end what it left."""
        while True:
            readable, _, _ = select.select([self.control.fileno(), self.wake], [], [])
            self.reap()
            if self.control.fileno() in readable:
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
        request = Request(**message)
        request.descriptors = dict(zip(request.descriptors, descriptors, strict=True))
        status = request.descriptors["status"]
        try:
            pid = os.fork()
        except OSError as error:
            os.write(status, f"failed no process could be started: {error.strerror}\n".encode())
            pid = -1
        if pid == 0:
            self.become(request)
        for name, descriptor in request.descriptors.items():
            if name != "status" or pid < 0:
                os.close(descriptor)
        if pid > 0:
            self.status[pid] = status
            os.write(status, f"pid {pid}\n".encode())

    def become(self, request: Request) -> None:
        """In the child: forget the keeper, and be the process that was asked for. Never returns."""
        code = 1
        try:
            signal.set_wakeup_fd(-1)
            for number in (signal.SIGCHLD, signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
                signal.signal(number, signal.default_int_handler if number == signal.SIGINT else signal.SIG_DFL)
            self.control.close()
            for descriptor in (self.wake, self._woken, *self.status.values()):
                os.close(descriptor)
            from channels_lab.running import child

            code = child.cold(request) if request.cold else child.run(request)
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
                with contextlib.suppress(OSError):
                    os.write(status, f"exit {os.waitstatus_to_exitcode(code)}\n".encode())
                os.close(status)

    def leave(self) -> None:
        """The kernel is gone: ask everything to end, insist after STOP_SECONDS, and remove its folder."""
        for pid in self.status:
            os.kill(pid, signal.SIGTERM)
        deadline = time.monotonic() + STOP_SECONDS
        while self.status and (left := deadline - time.monotonic()) > 0:
            select.select([self.wake], [], [], left)
            self.reap()
        for pid in self.status:
            _kill_group(pid)
        shutil.rmtree(self.folder, ignore_errors=True)


def _kill_group(pid: int) -> None:
    # macOS refuses for a group of zombies.
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, signal.SIGKILL)


def main() -> None:
    """Run as `python -m channels_lab.running.keeper DESCRIPTOR FOLDER`, the control socket inherited."""
    control, folder = socket.socket(fileno=int(sys.argv[1])), sys.argv[2]
    os.set_inheritable(control.fileno(), False)
    problem = preload()
    gc.collect()
    gc.freeze()
    send(control, {"problem": problem})
    Keeper(control, folder).serve()


if __name__ == "__main__":
    # Under its importable name, so that nothing in a child refers to `__main__`.
    from channels_lab.running.keeper import main as _main

    _main()
