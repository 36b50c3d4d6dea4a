"""Whether a server's record has caught up with its clients, so that a picture does not lack its last steps."""

from collections import Counter
from collections.abc import Iterable

from channels_lab.record.events import Event

__all__ = ["is_settled"]


def is_settled(clients: Iterable[Event], record: Iterable[Event]) -> bool:
    """Whether what clients have sent has reached the application, and the connections that they ended have ended there.

    A connection is known by its client's port. One that no application has seen is over with its client, and all
    those of a process are over with it.
    """
    ports: dict[str, int] = {}
    sent: Counter[int] = Counter()
    over: set[int] = set()
    for event in clients:
        if event.kind == "connect":
            ports[event.name] = event.details["client"][1]
        elif event.kind == "sent":
            sent[ports.get(event.name, 0)] += 1
        elif event.kind in ("closed", "refused"):
            over.add(ports.get(event.name, 0))
    opened: dict[tuple[str, int], int] = {}
    got: Counter[int] = Counter()
    ended = {0}
    for event in record:
        if event.kind == "open":
            opened[event.key] = (event.details.get("client") or [None, 0])[1]
        elif event.kind == "receive" and event.details["event"].get("type") == "websocket.receive":
            got[opened.get(event.key, 0)] += 1
        elif event.kind in ("end", "error") and event.side == "server":
            ended.add(opened.get(event.key, 0))
        elif event.kind == "end" and event.side == "process":
            ended.update(port for (process, _), port in opened.items() if process == event.name)
    seen = set(opened.values())
    return over & seen <= ended and all(port in ended or got[port] >= number for port, number in sent.items())
