"""What waits for the board, as a file of the workspace: a kernel that ends, or is ended, takes no report with it.

Each kernel has a file of its own, and a lock on it while it lives; a later kernel in the same room finds what nobody
holds. The file is there only while something waits, and goes when one leaves the room.
"""

import contextlib
import fcntl
import hashlib
import json
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

__all__ = ["Journal", "Line", "forget", "place_of_room"]

_MOST_LINES = 2000
_MOST_BYTES = 2**20
_MOST_FILES = 20

Line = tuple[int, float, dict[str, Any]]  # id, when (seconds since the epoch), what


class Journal:
    """The reports of one `sender`, one a line. What cannot be written is not kept, and nobody is held up by that."""

    def __init__(self, folder: Path, sender: str) -> None:
        self.sender = sender
        self._path = folder / f"{sender}.jsonl"
        self._handle: int | None = None
        self._lines = 0

    def add(self, line: Line) -> None:
        """Keep a report."""
        if self._lines >= _MOST_LINES:
            return
        with contextlib.suppress(OSError):
            if self._handle is None:
                self._path.parent.mkdir(parents=True, exist_ok=True)
                self._handle = self._taken(os.O_CREAT)
            os.write(self._handle, json.dumps(line).encode() + b"\n")
            self._lines += 1

    def read(self) -> list[Line]:
        """What is kept; a line that was cut off is none."""
        assert self._handle is not None
        found: list[Line] = []
        for text in os.pread(self._handle, _MOST_BYTES, 0).splitlines():
            with contextlib.suppress(ValueError, TypeError):
                number, at, what = json.loads(text)
                found.append((int(number), float(at), dict(what)))
        self._lines = len(found)
        return found

    def clear(self) -> None:
        """Nothing waits any more."""
        if self._handle is not None:
            with contextlib.suppress(OSError):
                self._path.unlink(missing_ok=True)
            self.close()
        self._lines = 0

    def close(self) -> None:
        """Let another have it."""
        if self._handle is not None:
            os.close(self._handle)
            self._handle = None

    @classmethod
    def left_behind(cls, folder: Path) -> Iterator["Journal"]:
        """The journals of kernels that live no more, now held by this one; of very many some."""
        for path in list(folder.glob("*.jsonl"))[:_MOST_FILES]:
            found = cls(folder, path.stem)
            with contextlib.suppress(OSError):
                found._handle = found._taken()
                yield found

    def _taken(self, how: int = 0) -> int:
        handle = os.open(self._path, os.O_RDWR | os.O_APPEND | how, 0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            os.close(handle)
            raise
        return handle


def place_of_room(workspace: Path, secret: str) -> Path:
    """The folder of the journals of whoever has this secret: another room has another."""
    return _all(workspace) / hashlib.sha256(secret.encode()).hexdigest()[:16]


def forget(workspace: Path, secret: str = "") -> None:
    """Remove all that waits for other rooms than that of `secret`; without one, all."""
    kept = place_of_room(workspace, secret) if secret else None
    for folder in _all(workspace).glob("*"):
        if folder != kept:
            shutil.rmtree(folder, ignore_errors=True)


def _all(workspace: Path) -> Path:
    return workspace / ".lab" / "classroom"
