"""What a process takes of the machine: threads and memory."""

from dataclasses import dataclass

import psutil

from channels_lab.errors import LabError

__all__ = ["Usage", "usage_of"]


@dataclass(frozen=True)
class Usage:
    """The `threads` of a process, and its resident `memory` in MiB (2**20 bytes), as `ps` counts it."""

    threads: int
    memory: float

    def __str__(self) -> str:
        return f"{self.threads} threads, {self.memory:.1f} MiB"


def usage_of(pid: int) -> Usage:
    """Look at a process now; raises LabError when it has gone."""
    try:
        process = psutil.Process(pid)
        with process.oneshot():
            return Usage(process.num_threads(), process.memory_info().rss / 2**20)
    except psutil.Error:
        raise LabError(f"Process {pid} has gone.", "Run the cell that starts it again.") from None
