"""The sandbox: a keeper that runs confined, so that whatever it starts can reach nothing but itself."""

import contextlib
import itertools
import json
import os
import select
import signal
import socket
import subprocess
import sys
from dataclasses import asdict
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TextIO

from channels_lab.errors import LabError
from channels_lab.running.limits import Limits
from channels_lab.running.listener import Listener
from channels_lab.running.packed import pack
from channels_lab.running.request import Request, receive, send
from channels_lab.running.warmstart import WarmStart
from channels_lab.sandbox.confinement import command, environment, first_process, is_alone, user
from channels_lab.sandbox.filters import lock, system_calls
from channels_lab.sandbox.nursery import Forked, Nursery
from channels_lab.sandbox.remedies import remedy
from channels_lab.sandbox.watch import Watch

__all__ = ["Broken", "Sandbox"]

_MIB = 2**20
_START_SECONDS = 30
_REPLY_SECONDS = 5
_numbers = itertools.count(os.getpid())


class Broken(LabError):
    """A sandbox has ended, or does not do as it is told: what ran in it has seen to that."""


class Sandbox(WarmStart):
    """A starter whose processes are confined; `with Sandbox() as sandbox`. One for a submission, swept between tasks.

    In it are no network but its own loopback, no other processes, no file but Python's and its packages' and the
    trees that are sent along with the first process which is started in them, at the same path. What is read of a tree
    outside is what was sent. Logs and records are outside, and only their descriptors are handed in.

    From a `nursery` it is made in a moment. Else it is made by the main thread: bubblewrap ends with the thread that
    has started it. Raises LabError where it cannot be made.
    """

    apart = True

    def __init__(self, limits: Limits | None = None, nursery: Nursery | None = None) -> None:
        self.limits = limits or Limits()
        self._nursery = nursery
        self._first = 0
        self._sent: set[str] = set()
        self._watch: Watch | None = None
        super().__init__(nursery.folder if nursery else None)
        try:
            self._open()
        except BaseException:
            self.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def broke(self) -> str:
        """What was done in it beyond its limits, as a clause, so that it was ended; or ""."""
        return self._watch.broke if self._watch else ""

    def start(self, request: Request, descriptors: list[int]) -> None:
        """Ask for a process; raises Broken when there is nobody to ask."""
        if request.cwd.startswith(f"{self.folder}/") and request.cwd not in self._sent:
            self._send_tree(request.cwd)
        if "listen" in request.descriptors:
            with socket.socket(fileno=os.dup(request.descriptors["listen"])) as listening:
                _close_the_way_out(listening)
        given = {name: text for name, text in request.env.items() if os.environ.get(name) != text}
        request.env = environment(self.folder) | given
        request.most_bytes = self.limits.file_size * _MIB
        try:
            super().start(request, descriptors)
        except LabError:
            raise self._broken() from None

    def listener(self) -> Listener:
        """A listener of ours inside, for what runs there to connect to; raises Broken where none can be had."""
        try:
            return Listener(self._listening(""))
        except OSError:
            raise self._broken() from None

    def unix_listener(self, path: Path) -> socket.socket:
        """The same at a path inside, where a process was started before; raises OSError where nobody can listen."""
        return self._listening(str(path))

    def sweep(self) -> None:
        """End all that runs in it, and remove all files; raises Broken where it cannot be used any more."""
        self._ask("swept", sweep=True)
        self._sent.clear()

    def close(self) -> None:
        """End it and all that is in it, at once."""
        if self._watch:
            self._watch.close()
        # When its first process is gone the kernel has ended all others, and bubblewrap goes; a process that is killed
        # before that is known leaves by itself.
        if self._first and self._process.poll() is None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self._first, signal.SIGKILL)
        super().close()

    # Details

    def _launch(self, control: socket.socket, log: TextIO) -> "subprocess.Popen[bytes] | Forked":
        if self._nursery:
            forked = self._nursery.fork(control, log, self.folder, self.limits, user(next(_numbers)))
            self._first = forked.pid
            return forked
        told, info = os.pipe()
        calls = _file(system_calls())
        inside = ["channels_lab.running.confined", str(control.fileno()), str(self.folder)]
        inside += [json.dumps(asdict(self.limits)), str(user(next(_numbers)))]
        kept = [control.fileno(), info, *([] if calls < 0 else [calls])]
        try:
            process = subprocess.Popen(
                [
                    *command(self.folder, self.limits.disk, info=info, calls=calls),
                    *(sys.executable, "-P", "-m"),
                    *inside,
                ],
                pass_fds=kept,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                env={},
            )
            os.close(info)
            info = -1
            self._first = first_process(told, _START_SECONDS)
            return process
        finally:
            for descriptor in (told, info, calls):
                if descriptor >= 0:
                    os.close(descriptor)

    def _open(self) -> None:
        problem = self.wait_until_warm(_START_SECONDS)
        if problem:
            printed = (self.folder / "keeper.log").read_text(errors="replace").strip().splitlines()
            said = printed[-1] if printed else problem
            raise LabError(f"Submissions are graded in a sandbox, and none could be made: {said}", remedy(said))
        self._control.settimeout(_REPLY_SECONDS)
        self._watch = Watch(self._first, self.folder, self.limits)

    def _send_tree(self, place: str) -> None:
        descriptor = _file(pack(Path(place)))
        try:
            self._tell([descriptor], tree=place)
        finally:
            os.close(descriptor)
        self._sent.add(place)

    def _ask(self, word: str, **message: Any) -> tuple[dict[str, Any], list[int]]:
        self._tell([], **message)
        try:
            got = receive(self._control) if select.select([self._control], [], [], _REPLY_SECONDS)[0] else None
        except OSError:
            got = None
        if not got or word not in got[0]:
            raise self._broken()
        return got

    def _listening(self, path: str) -> socket.socket:
        told, descriptors = self._ask("listens", listen=path)
        if told["listens"]:
            raise OSError(told["listens"])
        try:
            return socket.socket(fileno=descriptors.pop())
        except (IndexError, OSError):
            raise self._broken() from None

    def _tell(self, descriptors: list[int], **message: Any) -> None:
        try:
            send(self._control, message, descriptors)
        except OSError:
            raise self._broken() from None

    def _broken(self) -> Broken:
        did = self.broke or "its processes were ended from inside"
        return Broken(f"The sandbox of this answer is gone: {did}.")


def _close_the_way_out(listening: socket.socket) -> None:
    """Let a socket that is handed in lead nowhere: not to others here, or there are none."""
    try:
        lock(listening)
    except PermissionError:  # newer kernels let only root do this
        if not is_alone():
            raise LabError(
                "A sandbox can be used by root, or by a grader that has a network of its own.",
                "Start it with  channels-lab grade , which sees to that.",
            ) from None


def _file(content: bytes) -> int:
    """A descriptor from which this is read; -1 for nothing."""
    if not content:
        return -1
    descriptor = os.memfd_create("given")
    with os.fdopen(os.dup(descriptor), "wb") as file:
        file.write(content)
    os.lseek(descriptor, 0, os.SEEK_SET)
    return descriptor
