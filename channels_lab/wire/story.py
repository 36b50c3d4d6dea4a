"""The story of a run: events of clients and server, merged into steps between named participants."""

import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from channels_lab.wire.events import Event

__all__ = ["Step", "Story", "tell"]

_LAYER = "channel layer"
_SITE = "site"
_APPLICATION = "application"
_HTTP_CLIENT = "HTTP client"


@dataclass(frozen=True)
class Step:
    """One arrow from `source` to `target`, or a note over `source` when `target` is "". `failed` marks it."""

    t: float
    source: str
    target: str
    text: str
    failed: bool = False


@dataclass
class Story:
    """Participants from left to right, and the steps in order."""

    participants: list[str] = field(default_factory=list)
    steps: list[Step] = field(default_factory=list)
    complete: bool = True


def tell(server: Iterable[Event], clients: Iterable[Event], only: Iterable[str] | None = None) -> Story:
    """Merge a server's record with what its clients noted; `only` keeps some clients' connections."""
    return _Teller(sorted(server), sorted(clients), set(only) if only is not None else None).tell()


class _Teller:
    def __init__(self, server: list[Event], clients: list[Event], only: set[str] | None) -> None:
        self.server = server
        self.clients = clients
        self.only = only
        self.story = Story()
        # Who is who: a connection of the server is a client's by its port.
        ports = {e.details["client"][1]: (e.name, index) for index, e in enumerate(clients) if e.kind == "connect"}
        self.lane: dict[int, str] = {}  # connection → its consumer's lane, or the application's
        self.peer: dict[int, str] = {}  # connection → who is at the other end
        self.latest: dict[str, str] = {}  # client → the lane of its newest connection
        self.accepted: set[int] = set()
        self.paths: dict[int, str] = {}
        self._refused_by_app: set[str] = set()
        self._heard: Counter[str] = Counter()
        self._sent: Counter[str] = Counter()
        lanes: Counter[str] = Counter()
        # Who was never accepted may never have reached a consumer: the application is all that is known.
        welcome = {
            e.connection for e in server if e.kind == "send" and e.details["event"].get("type") == "websocket.accept"
        }
        for event in server:
            if event.kind != "open":
                continue
            self.paths[event.connection] = event.details["path"]
            if event.details["type"] == "http":
                self.lane[event.connection], self.peer[event.connection] = _SITE, _HTTP_CLIENT
                continue
            port = (event.details.get("client") or [None, None])[1]
            who = ports[port][0] if port in ports else f"browser {1 + lanes['browser']}"
            lanes["browser"] += port not in ports
            self.peer[event.connection] = who
            if event.connection not in welcome:
                self.lane[event.connection] = _APPLICATION
                continue
            lanes[who] += 1
            self.lane[event.connection] = f"{who}'s consumer" + (f" {lanes[who]}" if lanes[who] > 1 else "")
        self._reached = Counter(
            self.peer[e.connection]
            for e in server
            if e.kind == "receive" and e.details["event"]["type"] == "websocket.receive" and e.connection in self.peer
        )

    def tell(self) -> Story:
        for event in sorted([*self.server, *self.clients]):
            if event.side == "client":
                if self.only is None or event.name in self.only:
                    self.client(event)
            elif event.kind == "full":
                self.story.complete = False
            elif event.connection not in self.lane:
                if event.kind == "layer" and self.only is None:
                    self.layer(event, "server")
            elif self.only is None or self.peer[event.connection] in self.only:
                getattr(self, event.kind, lambda _: None)(event)
        self.story.participants = _in_order(self.story.steps)
        return self.story

    def add(self, t: float, source: str, target: str, text: str, failed: bool = False) -> None:
        self.story.steps.append(Step(t, source, target, text, failed))

    # The server's events, by kind

    def open(self, event: Event) -> None:
        lane, peer = self.lane[event.connection], self.peer[event.connection]
        self.latest[peer] = lane
        if event.details["type"] == "http":
            self.add(event.t, peer, lane, f"{event.details['method']} {event.details['path']}")
        else:
            self.add(event.t, peer, lane, f"connect {event.details['path']}")

    def receive(self, event: Event) -> None:
        what = event.details["event"]
        lane, peer = self.lane[event.connection], self.peer[event.connection]
        if what["type"] == "websocket.receive":
            self.add(event.t, peer, lane, _payload(what))
        elif what["type"] == "websocket.disconnect":
            code = what.get("code")
            self.add(event.t, peer, lane, f"disconnect ({code})", failed=code not in (1000, 1001, 1005))
        elif what["type"] == "http.disconnect" and event.connection not in self.accepted:
            self.add(event.t, peer, lane, "went away", failed=True)

    def send(self, event: Event) -> None:
        what = event.details["event"]
        lane, peer = self.lane[event.connection], self.peer[event.connection]
        kind = what.get("type")
        if kind == "websocket.accept":
            self.accepted.add(event.connection)
            self.add(event.t, lane, peer, "accept")
        elif kind == "websocket.send":
            self.add(event.t, lane, peer, _payload(what))
        elif kind == "websocket.close" and event.connection in self.accepted:
            self.add(event.t, lane, peer, f"close ({what.get('code', 1000)})")
        elif kind == "websocket.close":
            self._refused_by_app.add(peer)
            self.add(event.t, lane, peer, "close before accept: HTTP 403", failed=True)
        elif kind == "http.response.start":
            status = int(what["status"])
            self.accepted.add(event.connection)
            self.add(event.t, lane, peer, f"{status} {self.paths[event.connection]}", failed=status >= 400)

    def error(self, event: Event) -> None:
        self.add(event.t, self.lane[event.connection], "", event.details["error"], failed=True)

    def layer(self, event: Event, lane: str = "") -> None:
        lane = lane or self.lane[event.connection]
        call, to = event.details["call"], event.details["to"]
        if "error" in event.details:
            self.add(event.t, _LAYER, lane, event.details["error"], failed=True)
        elif call == "receive":
            self.add(event.t, _LAYER, lane, _message(event.details["message"]))
        elif call in ("group_add", "group_discard"):
            self.add(event.t, lane, _LAYER, f"{call} {to}")
        else:
            self.add(event.t, lane, _LAYER, f"{call} {to}: {_message(event.details['message'])}")

    # A client's events: only what the server's record cannot know

    def client(self, event: Event) -> None:
        lane = self.latest.get(event.name, "")
        if event.kind == "refused" and event.name in self._refused_by_app:
            self._refused_by_app.remove(event.name)  # drawn already, where the application said so
        elif event.kind == "refused":
            status = event.details["status"]
            what = f"HTTP {status}" if status else event.details["why"]
            self.add(event.t, lane or "server", event.name, what, failed=True)
        elif event.kind == "sent":
            self._sent[event.name] += 1
            if self._sent[event.name] > self._reached[event.name]:
                text = f"{event.details['message']} (never reached the consumer)"
                self.add(event.t, event.name, lane or "server", text, failed=True)
        elif event.kind == "waited":
            self.add(event.t, event.name, "", f"waited {event.details['seconds']:g} s: nothing came")
        elif event.kind == "closed" and event.details["code"] not in (1000, 1001, 1005, None):
            self.add(event.t, event.name, "", f"closed with {event.details['code']}", failed=True)


def _payload(event: dict[str, Any]) -> str:
    if isinstance(event.get("text"), str):
        return event["text"] or "(empty text)"
    data = event.get("bytes")
    return f"{data['bytes']} bytes" if isinstance(data, dict) else "(nothing)"


def _message(message: Any) -> str:
    if not isinstance(message, dict):
        return str(message)
    rest = {key: value for key, value in message.items() if key != "type"}
    return (
        f"{message.get('type', 'no type')} {json.dumps(rest, ensure_ascii=False, default=str) if rest else ''}".strip()
    )


def _in_order(steps: list[Step]) -> list[str]:
    """Clients left, then what serves them, the channel layer last; each by its first appearance."""
    seen = list(dict.fromkeys(name for step in steps for name in (step.source, step.target) if name))

    def rank(name: str) -> int:
        return (
            2
            if name == _LAYER
            else 1
            if name.partition("'s ")[2].startswith("consumer") or name in (_SITE, _APPLICATION, "server")
            else 0
        )

    return sorted(seen, key=rank)
