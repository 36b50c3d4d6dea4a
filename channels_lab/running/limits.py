"""What confined processes may take of the machine, and how they are held to it."""

import os
import resource
from dataclasses import dataclass

__all__ = ["Limits"]

_MIB = 2**20


@dataclass(frozen=True)
class Limits:
    """Bounds of one sandbox. Memory and sizes are in MiB.

    Each process has `memory` of its own, `open_files`, files of `file_size` (its log among them), `cpu_seconds`. All
    together have `threads`, `processes`, `all_memory`, `disk` and `files` in it. The kernel sees to the most; a watch
    outside looks at `processes`, `all_memory` and `files`, and ends everything beyond.
    """

    memory: int = 768
    all_memory: int = 1536
    processes: int = 48
    threads: int = 128
    open_files: int = 256
    file_size: int = 16
    disk: int = 64
    files: int = 10_000
    cpu_seconds: int = 120

    def apply(self) -> None:
        """Hold this process, and what it will start, to its own bounds; they cannot be raised again."""
        for what, most in (
            (resource.RLIMIT_DATA, self.memory * _MIB),
            # What is reserved and not used counts here: thread stacks, arenas.
            (resource.RLIMIT_AS, 4 * self.memory * _MIB),
            (resource.RLIMIT_NPROC, self.threads),
            (resource.RLIMIT_NOFILE, self.open_files),
            (resource.RLIMIT_FSIZE, self.file_size * _MIB),
            (resource.RLIMIT_CPU, self.cpu_seconds),
            (resource.RLIMIT_CORE, 0),
            (resource.RLIMIT_MSGQUEUE, 0),
            (resource.RLIMIT_MEMLOCK, 0),
        ):
            _, hard = resource.getrlimit(what)
            most = most if hard == resource.RLIM_INFINITY else min(most, hard)
            resource.setrlimit(what, (most, most))
        # The watch comes first, however many want the processor.
        os.nice(5)
