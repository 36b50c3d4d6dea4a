"""What happened, on one clock: entries of the records of servers and workers, of clients, and of processes."""

from dataclasses import dataclass, field
from typing import Any

__all__ = ["Event"]


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
