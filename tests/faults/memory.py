"""A bound on the memory of processes together, as a hub sets it: a control group of Linux."""

import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

__all__ = ["Bounded", "bounded"]

_ROOT = Path("/sys/fs/cgroup")
_SECONDS = 20


@dataclass(frozen=True)
class Bounded:
    """A group: what is started with `before` in front of its command belongs to it, with all that it starts."""

    folder: Path

    @property
    def before(self) -> list[str]:
        """The words in front of a command."""
        return ["sh", "-c", f'echo $$ > {self.folder}/cgroup.procs && exec "$@"', "sh"]

    @property
    def killed(self) -> int:
        """How many processes the system has ended for want of memory."""
        events = self.folder / ("memory.events" if _is_new() else "memory.oom_control")
        said = dict(line.split() for line in events.read_text().splitlines())
        return int(said["oom_kill"])

    @property
    def mib(self) -> float:
        """What its processes take now, without what is only kept of files."""
        said = dict(line.split() for line in (self.folder / "memory.stat").read_text().splitlines())
        return int(said["anon" if _is_new() else "rss"]) / 2**20


@contextmanager
def bounded(size: int) -> Iterator[Bounded]:
    """A group with so many bytes; skips where this system lets us make none. What is left in it is ended."""
    folder = _ROOT / ("" if _is_new() else "memory") / f"channels-lab-{os.getpid()}"
    try:
        folder.mkdir()
    except OSError as error:
        pytest.skip(f"no control group can be made here: {error.strerror}")
    try:
        try:
            (folder / ("memory.max" if _is_new() else "memory.limit_in_bytes")).write_text(str(size))
        except OSError as error:
            pytest.skip(f"control groups do not bound memory here: {error.strerror}")
        yield Bounded(folder)
    finally:
        _end(folder)


def _end(folder: Path) -> None:
    deadline = time.monotonic() + _SECONDS
    while pids := (folder / "cgroup.procs").read_text().split():
        assert time.monotonic() < deadline, f"{pids} do not end"
        for pid in pids:
            os.kill(int(pid), signal.SIGKILL)
        time.sleep(0.1)
    folder.rmdir()


def _is_new() -> bool:
    return (_ROOT / "cgroup.controllers").is_file()
