"""What happened, on one clock: entries of the records of servers and workers, of clients, and of processes."""

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from channels_lab.record.shape import fits

__all__ = ["Event", "read_record"]

# Those of a record that is full have about this many bytes; lines of ours are longer than a hundred.
_MOST_BYTES = 9 * 2**20
_MOST_LINES = 100_000


@dataclass(frozen=True, order=True)
class Event:
    """One thing that happened at `t` (seconds, the machine's monotonic clock).

    `side` is where it was noted, `kind` what it was, `details` holds the rest:

    - "server", inside a server or worker, by the recorder; `name` is the process's name, `connection` numbers the
      connection within it (0: none). Kinds: begin (pid, command, tree), backend (alias, backend, capacity, expiry),
      open (type, path, query, method, client, origin, host, channel), scope (through, keys, route, consumer), receive
      (event), send (event), end, error (error, frames, cause), layer (call, to, message | error, frames), dropped
      (call, to, count), log (logger, level, text), print (text), unawaited (coroutine, file, line), stalled (seconds,
      frames, over), turn (waited: the seconds till it had the thread that synchronous handlers share), full.
    - "client", by our clients; `name` is the client's. Kinds: keeps (client: the address of an HTTP connection, which
      is kept for many requests); of a WebSocket connect (path, client), open (subprotocol),
      refused (status, why), sent (message), received (message), waited (seconds), closing (code), closed (code,
      reason).
    - "process", in the kernel; `name` is the process's. Kinds: start (command), ready, end (code, asked).

    `frames` are the project's own, as (file, line, function), outermost first.
    """

    t: float
    side: str = field(compare=False)
    kind: str = field(compare=False)
    connection: int = field(default=0, compare=False)
    name: str = field(default="", compare=False)
    details: dict[str, Any] = field(default_factory=dict, compare=False)

    @property
    def key(self) -> tuple[str, int]:
        """Which connection, among those of several processes: (process, number)."""
        return self.name, self.connection


def read_record(path: Path, name: str = "main") -> list[Event]:
    """Read the record of the process of this name; a line that a crash cut short, or that is none, is left out.

    The process may have been anybody's: no more is read than a recorder writes.
    """
    events = []
    try:
        with path.open("rb") as file:
            lines = file.read(_MOST_BYTES).replace(b"\0", b"").splitlines()  # a record takes room before it is written
    except OSError:
        return []
    for line in lines[:_MOST_LINES]:
        try:
            entry = json.loads(line)
            t, kind, connection = entry.pop("t") / 1e9, entry.pop("kind"), entry.pop("connection")
        except (ValueError, KeyError, TypeError, AttributeError, ArithmeticError, RecursionError):
            continue
        if fits(kind, connection, entry):
            events.append(Event(t, "server", kind, connection, name, entry))
    return events
