"""Reading a record: the file that a recorder fills, perhaps while it is still filling it."""

import json
import threading
from pathlib import Path

from channels_lab.record.events import Event
from channels_lab.record.shape import fits

__all__ = ["Record", "read_record"]

# Those of a record that is full have about this many bytes; lines of ours are longer than a hundred.
_MOST_BYTES = 9 * 2**20
_MOST_LINES = 100_000


class Record:
    """The record of the process of this name. Asked again, it reads what has come since.

    The process may have been anybody's: no more is read than a recorder writes, and what is no entry is left out.
    """

    def __init__(self, path: Path, name: str = "main") -> None:
        self._path, self._name = path, name
        self._read: list[Event] = []
        self._bytes = 0
        self._lock = threading.Lock()

    def events(self) -> list[Event]:
        """The entries so far; a line that a crash cut short is left out."""
        with self._lock:
            try:
                with self._path.open("rb") as file:
                    file.seek(self._bytes)
                    # A record takes room before it is written, and fills it with NUL.
                    lines = file.read(_MOST_BYTES - self._bytes).rstrip(b"\0").splitlines(keepends=True)
            except OSError:
                lines = []
            new, done = [], True
            for line in lines[: _MOST_LINES - len(self._read)]:
                told = line.lstrip(b"\0")
                event = self._event(told.replace(b"\0", b""))
                # A line that is being written now may have holes, and is read again.
                done = done and event is not None and told.endswith(b"\n") and b"\0" not in told
                if done and event:
                    self._read.append(event)
                    self._bytes += len(line)
                elif event:
                    new.append(event)
            return [*self._read, *new]

    def _event(self, line: bytes) -> Event | None:
        try:
            entry = json.loads(line)
            t, kind, connection = entry.pop("t") / 1e9, entry.pop("kind"), entry.pop("connection")
        except (ValueError, KeyError, TypeError, AttributeError, ArithmeticError, RecursionError):
            return None
        return Event(t, "server", kind, connection, self._name, entry) if fits(kind, connection, entry) else None


def read_record(path: Path, name: str = "main") -> list[Event]:
    """The entries of a record that is read once."""
    return Record(path, name).events()
