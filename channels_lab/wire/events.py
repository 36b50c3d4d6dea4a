"""What happened, on one clock: the entries of the server's record and of the clients, as one kind of thing."""

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

__all__ = ["Event", "read_record"]


@dataclass(frozen=True, order=True)
class Event:
    """One thing that happened at `t` (seconds, the machine's monotonic clock).

    `side` is "server" or "client". On the server `kind` is open, receive, send, end, error, layer or full,
    and `connection` numbers the connection within its server. At a client it is connect, open, refused,
    sent, received, waited or closed, and `name` is the client's. `details` holds the rest, as in the record.
    """

    t: float
    side: str = field(compare=False)
    kind: str = field(compare=False)
    connection: int = field(default=0, compare=False)
    name: str = field(default="", compare=False)
    details: dict[str, Any] = field(default_factory=dict, compare=False)


def read_record(path: Path) -> list[Event]:
    """Read a server's record; a line that a crash cut short is left out."""
    events = []
    try:
        lines = path.read_bytes().splitlines()
    except OSError:
        return []
    for line in lines:
        try:
            entry = json.loads(line)
            events.append(Event(entry.pop("t"), "server", entry.pop("kind"), entry.pop("connection"), details=entry))
        except (ValueError, KeyError, TypeError, AttributeError):
            continue
    return events
