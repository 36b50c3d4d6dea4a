"""Visits: each WebSocket connection as both of its ends saw it, and the way of each message through it."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from math import inf

from channels_lab.picture.story.cast import Cast
from channels_lab.picture.story.phrases import payload_phrase
from channels_lab.picture.timeline.origins import Origins
from channels_lab.record.events import Event

__all__ = ["Message", "Visit", "visits"]

Key = tuple[str, int]


@dataclass
class Message:
    """A client's message: `sent` by it, `reached` the application, `answered` by that, the answer `received`.

    Seconds of the record's clock; None for what did not happen, or nobody noted. `handled` is when its own consumer
    did something last because of it. A handshake is a message, too.
    """

    text: str
    sent: float | None = None
    reached: float | None = None
    handled: float | None = None
    answered: float | None = None
    received: float | None = None


@dataclass
class Visit:
    """One WebSocket connection of `client`; `key` is the server's name for it, None where it has not come so far.

    `start` and `end` are as the client noted them, or the server where the client is none of ours; `end` is None
    while it is open. `gone` is when the application knew that it is over. `failure` says why it was refused.
    `taken`, `given` and `received` are when the application got and sent messages, and when the client read them.
    """

    client: str
    start: float
    key: Key | None = None
    noted: bool = True
    end: float | None = None
    gone: float | None = None
    failure: str = ""
    handshake: Message = field(default_factory=lambda: Message("the handshake"))
    messages: list[Message] = field(default_factory=list)
    taken: list[float] = field(default_factory=list)
    given: list[float] = field(default_factory=list)
    received: list[float] = field(default_factory=list)


def visits(events: Iterable[Event], cast: Cast) -> list[Visit]:
    """Put both ends of each connection together, by the client's port and the order of its messages."""
    events = sorted(events)
    found = _Finder(cast)
    for event in events:
        if event.side == "server":
            found.server(event)
        elif event.side == "client" and event.kind in ("connect", "open", "refused"):
            found.handshake(event)
    # What the server saw is known now, so that clients of one name can be told apart.
    for event in events:
        if event.side == "client":
            found.client(event)
    for visit in found.visits:
        for message in visit.messages:
            if message.answered is not None and (number := visit.given.index(message.answered)) < len(visit.received):
                message.received = visit.received[number]
    return sorted(found.visits, key=lambda visit: visit.start)


class _Finder:
    def __init__(self, cast: Cast) -> None:
        self.visits: list[Visit] = []
        self._cast = cast
        self._origins = Origins()
        self._ports: dict[int, Visit] = {}
        self._by_key: dict[Key, Visit] = {}
        self._by_name: defaultdict[str, list[Visit]] = defaultdict(list)
        self._sent: defaultdict[int, int] = defaultdict(int)  # by the visit's identity

    def server(self, event: Event) -> None:
        cause = self._origins.follow(event)
        if event.kind == "open" and event.details["type"] == "websocket":
            self._open(event)
        if (visit := self._by_key.get(event.key)) is None:
            return
        what = event.details.get("event", {}) if event.kind in ("receive", "send") else {}
        if event.kind == "receive" and what.get("type") == "websocket.receive":
            visit.messages.append(Message(payload_phrase(what), reached=event.t))
            visit.taken.append(event.t)
        elif event.kind == "send" and what.get("type") == "websocket.send":
            visit.given.append(event.t)
            if cause is not None and visit.messages[cause].answered is None:
                visit.messages[cause].answered = event.t
        elif event.kind == "send" and visit.handshake.answered is None:
            visit.handshake.answered = event.t
        elif event.kind in ("error", "end") or what.get("type") == "websocket.disconnect":
            visit.gone = visit.gone or event.t
            visit.end = visit.end if visit.noted else visit.gone
        if cause is not None:
            visit.messages[cause].handled = event.t

    def _open(self, event: Event) -> None:
        port = (event.details.get("client") or [None, None])[1]
        visit = self._ports.pop(port, None)
        if visit is None:
            visit = self._add(Visit(self._cast.peer[event.key], event.t, noted=False))
        visit.key, visit.handshake.reached = event.key, event.t
        self._by_key[event.key] = visit

    def _add(self, visit: Visit) -> Visit:
        self.visits.append(visit)
        self._by_name[visit.client].append(visit)
        return visit

    def handshake(self, event: Event) -> None:
        if event.kind == "connect":
            visit = self._ports[event.details["client"][1]] = self._add(Visit(event.name, event.t))
            visit.handshake.sent = event.t
            return
        named = self._by_name[event.name]
        opening = [v for v in named if v.noted and v.handshake.received is None and v.end is None]
        visit = opening[0] if opening else self._add(Visit(event.name, event.t))  # where nobody listened
        visit.handshake.received = event.t
        if event.kind == "refused":
            status = event.details["status"]
            visit.end, visit.failure = event.t, f"HTTP {status}" if status else event.details["why"]

    def client(self, event: Event) -> None:
        """Ascribe what a client noted to one of its visits: to that where it is next, if there are several."""
        open_now = [v for v in self._by_name[event.name] if v.start <= event.t and v.end is None]
        if not open_now:
            return
        if event.kind == "sent":
            visit = min(open_now, key=lambda v: _at(v.taken, self._sent[id(v)]))
            number = self._sent[id(visit)]
            self._sent[id(visit)] += 1
            if number == len(visit.messages):
                visit.messages.append(Message(""))
            visit.messages[number].sent, visit.messages[number].text = event.t, event.details["message"]
        elif event.kind == "received":
            min(open_now, key=lambda v: _at(v.given, len(v.received))).received.append(event.t)
        elif event.kind == "closed":
            min(open_now, key=lambda v: v.gone or inf).end = event.t


def _at(times: list[float], number: int) -> float:
    return times[number] if number < len(times) else inf
