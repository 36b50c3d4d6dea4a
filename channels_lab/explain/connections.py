"""Connections: the events of a record, sorted by the connection that they belong to."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from channels_lab.record.events import Event

__all__ = ["Connection", "find_connections"]


@dataclass
class Connection:
    """One HTTP request, WebSocket, or channel of a worker, as the server saw it (`events`), with its client's name.

    `type` is "http", "websocket" or "channel"; `client` is the name of our client, "" for a browser or another program.
    """

    process: str
    number: int
    type: str
    path: str
    details: dict[str, Any]
    client: str = ""
    client_events: list[Event] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)

    @property
    def consumer(self) -> str:
        """The class name of the consumer that was reached; "" where none was, or it is not in the record."""
        return next((str(e.details.get("through", "")) for e in self.events if _is_consumer(e)), "")

    @property
    def through(self) -> list[str]:
        """The class names of what it was handed through, outermost first: routers, middleware, the consumer."""
        return [str(event.details.get("through", "")) for event in self.of("scope")]

    def sent(self, kind: str = "") -> list[dict[str, Any]]:
        """The ASGI events that the application sent; `kind` is the start of their type ("websocket.accept")."""
        return self._asgi("send", kind)

    def received(self, kind: str = "") -> list[dict[str, Any]]:
        """The ASGI events that the application received."""
        return self._asgi("receive", kind)

    def of(self, kind: str) -> list[Event]:
        """Its events of one kind in the record ("error", "layer", "log", …)."""
        return [event for event in self.events if event.kind == kind]

    def _asgi(self, kind: str, start: str) -> list[dict[str, Any]]:
        found = [event.details.get("event", {}) for event in self.of(kind)]
        return [event for event in found if str(event.get("type", "")).startswith(start)]

    @property
    def accepted(self) -> bool:
        """Whether the application accepted the WebSocket."""
        return bool(self.sent("websocket.accept"))

    @property
    def over(self) -> bool:
        """Whether the application has returned or raised."""
        return bool(self.of("end") or self.of("error"))


def find_connections(events: Iterable[Event]) -> list[Connection]:
    """The connections of a record, in the order in which they opened."""
    found: list[Connection] = []
    current: dict[tuple[str, int], Connection] = {}  # a server that is started again counts from 1 again
    sessions: dict[str, list[Event]] = {}
    at_port: dict[int, list[Event]] = {}
    for event in events:
        if event.side == "client":
            if event.kind == "connect":
                sessions[event.name] = at_port[event.details["client"][1]] = []
            sessions.setdefault(event.name, []).append(event)
        elif event.side == "server" and event.kind == "open":
            details = event.details
            session = at_port.get((details.get("client") or [None, 0])[1], [])
            name = session[0].name if session else ""
            one = Connection(*event.key, details.get("type", ""), details.get("path", ""), details, name, session)
            one.events.append(event)
            found.append(one)
            current[event.key] = one
        elif event.side == "server" and event.key in current:
            current[event.key].events.append(event)
    return found


def _is_consumer(event: Event) -> bool:
    return event.kind == "scope" and bool(event.details.get("consumer"))
