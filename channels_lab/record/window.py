"""A window on a record: what belongs to a part of the run, so that what was over before is not taken for news."""

from collections import Counter
from collections.abc import Iterable

from channels_lab.record.events import Event

__all__ = ["recent"]

Talk = tuple[str, str, int]

# What a process is like does not age.
_LASTING = ("begin", "backend", "start", "ready")
# With these a client's connection is over, for the client.
_LEAVING = ("closed", "refused")


def recent(events: Iterable[Event], since: float) -> list[Event]:
    """The events since a time on the record's clock, in order, with the whole of each connection that went on then.

    A connection goes on where its client or its server notes something of it: a client that waits in vain, too. That a
    server notes somewhat later that the client has left is no news.
    """
    events = sorted(events)
    talks = _talks(events)
    left = {talk for event, talk in zip(events, talks, strict=True) if event.t < since and event.kind in _LEAVING}
    new = [
        event.t >= since and not (talk in left and _sees_it_leave(event))
        for event, talk in zip(events, talks, strict=True)
    ]
    lasted = {talk for talk, is_new in zip(talks, new, strict=True) if is_new and talk}
    return [
        event
        for event, talk, is_new in zip(events, talks, new, strict=True)
        if is_new or event.kind in _LASTING or talk in lasted
    ]


def _sees_it_leave(event: Event) -> bool:
    """Whether a server notes with this that a client has left."""
    if event.kind == "receive":
        return bool(event.details.get("event", {}).get("type") == "websocket.disconnect")
    return event.kind == "end" or str(event.details.get("error", "")).startswith("CancelledError")


def _talks(events: list[Event]) -> list[Talk | None]:
    """For each event the connection that it belongs to, the same for its client and its server; None for none."""
    talks: list[Talk | None] = []
    times: Counter[str] = Counter()  # how often a client has connected
    at_port: dict[int, Talk] = {}  # clients whose connection no server has seen yet
    served: dict[tuple[str, int], Talk] = {}
    for event in events:
        talk: Talk | None = None
        if event.side == "client":
            times[event.name] += event.kind == "connect"
            talk = ("client", event.name, times[event.name])
            if event.kind == "connect":
                at_port[event.details["client"][1]] = talk
        elif event.side == "server" and event.connection:
            if event.kind == "open":
                port = (event.details.get("client") or [None, 0])[1]
                served[event.key] = at_port.pop(port, ("server", *event.key))
            talk = served.get(event.key, ("server", *event.key))
        talks.append(talk)
    return talks
