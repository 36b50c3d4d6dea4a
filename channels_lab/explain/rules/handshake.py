"""Rules about the handshake: accepting, refusing, and leaving it unanswered."""

from channels_lab.explain.book import Said, rule
from channels_lab.explain.classes import Consumer
from channels_lab.explain.connections import Connection
from channels_lab.explain.evidence import Evidence
from channels_lab.explain.place import Place

__all__: list[str] = []

_WEBSOCKET = "https://channels.readthedocs.io/en/stable/topics/consumers.html#websocketconsumer"
_SEE = "The handshake got no answer: no `101`, no refusal; after 5 seconds Daphne hangs up (its log: `WSDISCONNECT`)."


@rule("not-accepted", page=_WEBSOCKET)
def not_accepted(evidence: Evidence) -> Said | None:
    """A consumer that was asked to connect said neither yes nor no, and its code cannot."""
    for connection in evidence.connections:
        if _left_hanging(connection):
            for consumer in evidence.consumers_of(connection):
                if said := _accepts_never(consumer):
                    return said
    return None


def _left_hanging(connection: Connection) -> bool:
    """Whether the application was asked, answered nothing, and the client gave up."""
    if connection.type != "websocket" or not connection.received("websocket.connect") or connection.sent():
        return False
    gave_up = connection.received("websocket.disconnect") or any(e.kind == "refused" for e in connection.client_events)
    return bool(gave_up) and not connection.of("error")


def _accepts_never(consumer: Consumer) -> Said | None:
    """Why the consumer's code cannot accept; None when it may."""
    connect = consumer.method("connect")
    if not connect or consumer.calls("connect"):  # `super().connect()` accepts
        return None
    mentioned = [one.place for one in consumer.references("accept")]
    calls = consumer.calls("accept")
    if consumer.is_async and calls and not any(call.awaited for call in calls):
        return _said(
            "`self.accept()` in an async consumer makes a coroutine; without `await` it never runs.",
            "Write `await self.accept()`.",
            calls[0].place,
        )
    if not calls and mentioned:
        return _said(
            "`self.accept` without parentheses only names the method; nothing calls it.",
            f"Write `{'await ' if consumer.is_async else ''}self.accept()`.",
            mentioned[0],
        )
    if not calls:
        call = "await self.accept()" if consumer.is_async else "self.accept()"
        return _said(
            "A consumer's own `connect()` replaces the one that accepts, and this one does not accept.",
            f"Call `{call}` in `connect()`, or `close()` to refuse.",
            connect.place,
        )
    return None


def _said(why: str, change: str, place: Place) -> Said:
    return Said(_SEE, f"{why} Until a consumer accepts or closes, the client waits.", change, place)
