"""The nursery: from it sandboxes are forked warm, so that none of them has to import Django anew."""

import contextlib
import os
import re
import select
import signal
import socket
import subprocess
import sys
import threading
from dataclasses import asdict
from pathlib import Path
from typing import TextIO

from channels_lab.errors import LabError
from channels_lab.running.limits import Limits
from channels_lab.running.request import receive, send
from channels_lab.running.warmstart import WarmStart
from channels_lab.sandbox.confinement import nursery_command
from channels_lab.sandbox.filters import system_calls

__all__ = ["Forked", "Nursery"]

_START_SECONDS = 30
_REPLY_SECONDS = 10


class Nursery(WarmStart):
    """A warm process within bubblewrap's bounds that forks sandboxes; each then isolates itself from all others.

    `close` ends it and them. It ends with the thread that has made it. It becomes warm beside: `fork` waits for that.
    """

    def __init__(self) -> None:
        super().__init__()
        self._turn = threading.Lock()

    def fork(self, control: socket.socket, log: TextIO, folder: Path, limits: Limits, user: int) -> "Forked":
        """Fork a sandbox, whose keeper has this socket and log; raises LabError where that is impossible."""
        if problem := self.wait_until_warm(_START_SECONDS):
            said = (self.folder / "keeper.log").read_text(errors="replace").strip().splitlines()
            raise LabError(f"No nursery of sandboxes can be made: {said[-1] if said else problem}")
        message = {"folder": str(folder), "limits": asdict(limits), "user": user, "calls": system_calls().hex()}
        try:
            with self._turn:
                send(self._control, message, [control.fileno(), log.fileno()])
                ready = select.select([self._control], [], [], _REPLY_SECONDS)[0]
                told = receive(self._control) if ready else None
        except OSError:
            told = None
        if not told or told[0].get("born") or not told[1]:
            raise LabError(f"No sandbox could be forked: {told[0].get('born') if told else 'the nursery is gone'}.")
        return Forked(told[1][0])

    def _launch(self, control: socket.socket, log: TextIO) -> "subprocess.Popen[bytes]":
        words = [sys.executable, "-P", "-m", "channels_lab.running.nursery", str(control.fileno())]
        return subprocess.Popen(
            [*nursery_command(self.folder), *words],
            pass_fds=[control.fileno()],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
            env={},
        )


class Forked:
    """A sandbox's first process, by a descriptor of it: `pid` is its number here."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._ended = False
        found = re.search(r"^Pid:\s*(\d+)$", Path(f"/proc/self/fdinfo/{descriptor}").read_text(), re.MULTILINE)
        self.pid = int(found[1]) if found else 0

    def poll(self) -> int | None:
        """Not None when it has ended, and all that was in its sandbox."""
        if not self._ended and select.select([self._descriptor], [], [], 0)[0]:
            self._over()
        return 0 if self._ended else None

    def wait(self, timeout: float | None = None) -> int:
        """Wait until it has; raises TimeoutExpired after so many seconds."""
        if not self._ended and not select.select([self._descriptor], [], [], timeout)[0]:
            raise subprocess.TimeoutExpired("sandbox", timeout or 0)
        self._over()
        return 0

    def kill(self) -> None:
        """End it."""
        if not self._ended:
            with contextlib.suppress(ProcessLookupError):
                signal.pidfd_send_signal(self._descriptor, signal.SIGKILL)

    def _over(self) -> None:
        if not self._ended:
            self._ended = True
            os.close(self._descriptor)
