"""What starts processes: the keeper, or the keeper within bounds, for code that is somebody else's."""

import os
import socket
from pathlib import Path
from signal import Signals
from typing import Protocol

from channels_lab.running.listener import Listener
from channels_lab.running.request import Request

__all__ = ["MOST_BYTES", "Confined", "Starter"]

# What a process needs of its surroundings, whoever it is; the rest may change what an answer does.
_NEEDED = {"PATH", "HOME", "USER", "LANG", "LC_ALL", "LC_CTYPE", "TZ", "TMPDIR", "VIRTUAL_ENV", "LD_LIBRARY_PATH"}
_NEEDED_PREFIXES = ("DYLD_", "CHANNELS_LAB_")
# What a file of somebody else's process may hold, its log among them.
MOST_BYTES = 32 * 2**20


class Starter(Protocol):
    """Starts processes and signals them; `folder` is for their logs, `problem` why they start cold, if they do.

    They run `apart` where their files and their network are not those of this process.
    """

    folder: Path
    problem: str | None
    apart: bool

    def start(self, request: Request, descriptors: list[int]) -> None:
        """Ask for a process; raises LabError when that is impossible."""

    def signal(self, pid: int, number: Signals) -> None:
        """Send a signal to a process that it has started, unless that has ended."""

    def listener(self) -> Listener:
        """A listener of ours that its processes can connect to."""
        raise NotImplementedError

    def unix_listener(self, path: Path) -> socket.socket:
        """The same at a path of theirs; raises OSError where nobody can listen there."""
        raise NotImplementedError


class Confined:
    """Starts processes that get `env` and little else of this process's environment, and cannot fill the disk."""

    def __init__(self, starter: Starter, env: dict[str, str]) -> None:
        self._starter = starter
        self.folder = starter.folder
        self.apart = starter.apart
        self.env = env

    @property
    def problem(self) -> str | None:
        """Why processes start cold, if they do."""
        return self._starter.problem

    @problem.setter
    def problem(self, problem: str | None) -> None:
        self._starter.problem = problem

    def start(self, request: Request, descriptors: list[int]) -> None:
        """Ask for a process within the bounds."""
        ours = {name: text for name, text in os.environ.items() if name in _NEEDED or name.startswith(_NEEDED_PREFIXES)}
        request.env = ours | self.env
        request.most_bytes = MOST_BYTES
        self._starter.start(request, descriptors)

    def signal(self, pid: int, number: Signals) -> None:
        """Send a signal to a process that it has started, unless that has ended."""
        self._starter.signal(pid, number)

    def listener(self) -> Listener:
        """A listener of ours that its processes can connect to."""
        return self._starter.listener()

    def unix_listener(self, path: Path) -> socket.socket:
        """The same at a path of theirs; raises OSError where nobody can listen there."""
        return self._starter.unix_listener(path)
