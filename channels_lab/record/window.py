"""A window on a record: what belongs to a part of the run, so that what was over before is not taken for news."""

from collections.abc import Iterable

from channels_lab.record.events import Event

__all__ = ["recent"]

# What a process is like does not age.
_LASTING = ("begin", "backend", "start", "ready")


def recent(events: Iterable[Event], since: float) -> list[Event]:
    """The events since a time on the record's clock, in order, with the whole of each connection that went on then."""
    events = sorted(events)
    talks = _talks(events)
    lasted = {talk for event, talk in zip(events, talks, strict=True) if event.t >= since and talk}
    return [
        event
        for event, talk in zip(events, talks, strict=True)
        if event.t >= since or event.kind in _LASTING or talk in lasted
    ]


def _talks(events: list[Event]) -> list[tuple[str, str, int] | None]:
    """For each event the connection that it belongs to, as its server or its client knows it; None for none."""
    talks: list[tuple[str, str, int] | None] = []
    times: dict[str, int] = {}  # how often a client has connected
    for event in events:
        if event.side == "client":
            times[event.name] = times.get(event.name, 0) + (event.kind == "connect")
            talks.append(("client", event.name, times[event.name]))
        else:
            talks.append(("server", *event.key) if event.side == "server" and event.connection else None)
    return talks
