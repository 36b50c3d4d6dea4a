"""A sheet: a file that one process fills with lines and others read, written as memory.

Writing a line is no system call: it costs a busy server little, gives no other thread the turn, and is done at once, so
that what a process has written outlives its crash. Room is taken from the disk, filled with NUL, before it is used.
"""

import mmap
import os
import threading
from collections.abc import Callable

__all__ = ["Sheet"]

_ROOM = 64 * 1024  # a multiple of mmap.ALLOCATIONGRANULARITY everywhere
_EMPTY = bytes(_ROOM)

Take = Callable[[bytes], object]


class Sheet:
    """Fills the file of a descriptor, opened to read and write, with about `most` bytes; then `last` says so in a line.

    Lines may come from several threads. Nothing raises: a full disk ends the sheet. A forked child writes nothing.
    """

    def __init__(self, descriptor: int, most: int, last: Callable[[], bytes]) -> None:
        self._descriptor = descriptor
        self._most = most
        self._last = last
        self.taken = 0
        self.take: Take = _no_room
        self._lock = threading.RLock()  # what is collected as garbage meanwhile may write, too
        os.register_at_fork(after_in_child=self._close)

    def write(self, line: bytes) -> None:
        """Write a line, whole."""
        try:
            self.take(line)  # one call of C's: no thread comes in between
        except (OSError, ValueError):
            self.write_further(line)

    def write_further(self, line: bytes) -> None:
        with self._lock:
            full = self.taken + len(line) > self._most
            line = self._last() if full else line
            try:
                self.take = self._more_room(len(line))
                self.take(line)
            except (OSError, ValueError):
                full = True
            if full:
                self._close()

    def _more_room(self, size: int) -> Take:
        """Take room for `size` bytes or more from the disk; returns what writes there, until it raises ValueError."""
        offset, rooms = self.taken, -(-size // _ROOM)
        size = rooms * _ROOM
        self.taken += size
        if os.pwrite(self._descriptor, _EMPTY * rooms, offset) < size:
            raise OSError("no space left on the disk")
        try:
            return mmap.mmap(self._descriptor, size, offset=offset).write
        except (OSError, ValueError):
            return _Room(self._descriptor, size).write  # a file system that shares no memory

    def _close(self) -> None:
        self.take = len  # takes a line, and keeps nothing


class _Room:
    """Room in a file that is written as a file."""

    def __init__(self, descriptor: int, size: int) -> None:
        self._descriptor = descriptor
        self._left = size

    def write(self, line: bytes) -> None:
        self._left -= len(line)
        if self._left < 0:
            raise ValueError("no room")
        os.write(self._descriptor, line)


def _no_room(line: bytes) -> None:
    raise ValueError("no room yet")
