"""The watch over a sandbox: what the kernel's limits do not bound, and its end when that is too much."""

import contextlib
import itertools
import os
import signal
import threading
from collections.abc import Iterator
from pathlib import Path

from channels_lab.running.limits import Limits

__all__ = ["Watch"]

_TICK = 0.1
_PAGE = os.sysconf("SC_PAGE_SIZE")
_MIB = 2**20


class Watch:
    """Looks every tenth of a second at a sandbox, by its first process, and ends all of it beyond its limits.

    `broke` says then, as a clause, what it did; "" before.
    """

    def __init__(self, first: int, folder: Path, limits: Limits) -> None:
        self.broke = ""
        self._first, self._folder, self._limits = first, folder, limits
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="watch", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Watch no longer."""
        self._over.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._over.wait(_TICK):
            if broke := self._look():
                self.broke = broke
                # With its first process goes all the rest, and nobody in there can hold that up.
                with contextlib.suppress(ProcessLookupError):
                    os.kill(self._first, signal.SIGKILL)
                return

    def _look(self) -> str:
        """What is too much, as a clause."""
        pids = list(itertools.islice(_below(self._first), self._limits.processes + 1))
        if len(pids) > self._limits.processes:
            return f"it started more than {self._limits.processes} processes"
        most = self._limits.all_memory * _MIB
        # Quick, and more than there is: what several have in common counts for each. Only beyond is it looked at well.
        if sum(map(_resident, pids)) > most and sum(map(_share, pids)) > most:
            return f"it took more than {self._limits.all_memory} MiB of memory"
        with contextlib.suppress(OSError):
            disk = os.statvfs(f"/proc/{self._first}/root{self._folder}")
            if disk.f_files - disk.f_ffree > self._limits.files:
                return f"it made more than {self._limits.files:,} files"
        return ""


def _below(pid: int) -> Iterator[int]:
    """The processes below one, whoever's children they have become."""
    waiting = [pid]
    while waiting:
        pid = waiting.pop()
        with contextlib.suppress(OSError):
            for thread in os.listdir(f"/proc/{pid}/task"):  # noqa: PTH208 - many, often
                children = list(map(int, _read(f"/proc/{pid}/task/{thread}/children").split()))
                waiting += children
                yield from children


def _resident(pid: int) -> int:
    """What a process has in memory, in bytes."""
    try:
        return int(_read(f"/proc/{pid}/statm").split()[1]) * _PAGE
    except (OSError, IndexError):
        return 0


def _read(path: str) -> bytes:
    """The first that the kernel tells there, at once, for it is asked often: more children than a sandbox may have."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        return os.read(descriptor, _PAGE)
    finally:
        os.close(descriptor)


def _share(pid: int) -> int:
    """The same, of what is common to several only its share; where that is not told, all."""
    with contextlib.suppress(OSError):
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) * 1024
    return _resident(pid)
