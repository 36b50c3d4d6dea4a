"""Rules about the handshake that is left unanswered: neither accepted nor refused."""

import ast

from channels_lab.explain.book import Said, rule
from channels_lab.explain.calls import Call
from channels_lab.explain.classes import Consumer
from channels_lab.explain.connections import Connection
from channels_lab.explain.evidence import Evidence
from channels_lab.explain.place import Place

__all__: list[str] = []

_WEBSOCKET = "https://channels.readthedocs.io/en/stable/topics/consumers.html#websocketconsumer"
_SEE = "The handshake got no answer: no `101`, no refusal; after 5 seconds Daphne hangs up (its log: `WSDISCONNECT`)."
_BRANCHES = (ast.If, ast.Try, ast.For, ast.While, ast.Match)


@rule("not-accepted", page=_WEBSOCKET, instead_of=("raw-handler-missing",))
def not_accepted(evidence: Evidence) -> Said | None:
    """A consumer that was asked to connect said neither yes nor no, and its code cannot, or not always."""
    for connection in evidence.connections:
        if _left_hanging(connection):
            for consumer in evidence.consumers_of(connection):
                said = _accepts_never(consumer)
                if not said and _returned(connection):
                    said = _accepts_sometimes(evidence, consumer)
                if said:
                    return said
    return None


def _left_hanging(connection: Connection) -> bool:
    """Whether the application was asked, answered nothing, and the client gave up."""
    if connection.type != "websocket" or not connection.received("websocket.connect") or connection.sent():
        return False
    gave_up = connection.received("websocket.disconnect") or any(e.kind == "refused" for e in connection.client_events)
    # A plain consumer may fail at the client's leaving, too: that comes after.
    errors = [e for e in connection.of("error") if "type websocket.disconnect" not in str(e.details.get("error"))]
    return bool(gave_up) and not errors


def _returned(connection: Connection) -> bool:
    """Whether `connect()` came to its end, and does not wait for something: the client's leaving was heard."""
    return bool(connection.received("websocket.disconnect")) and connection.over


def _accepts_never(consumer: Consumer) -> Said | None:
    """Why the consumer's code cannot accept; None when it may."""
    if not consumer.is_websocket:
        return _plain(consumer)
    replaced = consumer.method("websocket_connect")
    if replaced and not consumer.calls("websocket_connect") and not consumer.calls("accept"):
        return _said(
            "Your `websocket_connect` replaces the one that calls `connect()` and accepts.",
            "Rename it to `connect(self)`, and accept in it.",
            replaced.place,
        )
    connect = consumer.method("connect")
    if not connect or consumer.calls("connect"):  # `super().connect()` accepts
        return None
    if connect.is_async and not consumer.is_async:
        return None  # never runs at all
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


def _plain(consumer: Consumer) -> Said | None:
    """A consumer without WebSocket methods of its own, that does not send `websocket.accept`."""
    method = consumer.method("websocket_connect")
    accepts = [node for node in ast.walk(consumer.node) if isinstance(node, ast.Constant)]
    if not method or any(node.value == "websocket.accept" for node in accepts):
        return None
    call = 'self.send({"type": "websocket.accept"})'
    return _said(
        f"`{consumer.base}` has no `accept()`: it accepts by sending the event itself.",
        f"In `websocket_connect`: `{'await ' if consumer.is_async else ''}{call}`.",
        method.place,
    )


def _accepts_sometimes(evidence: Evidence, consumer: Consumer) -> Said | None:
    """`connect()` accepts in a branch only, and there is a way past it."""
    connect = consumer.method("connect")
    if not connect or consumer.calls("connect") or (connect.is_async and not consumer.is_async):
        return None
    calls = evidence.source.calls("accept", connect)
    if not calls or any(_always(call, connect.node) for call in calls):
        return None
    wait = "await " if consumer.is_async else ""
    return _said(
        "`connect()` came to its end without passing `accept()`: that stands in a branch, and another was taken.",
        f"Answer in every branch: end the others with `{wait}self.close()`, which refuses with HTTP 403.",
        calls[0].place,
    )


def _always(call: Call, function: ast.AST) -> bool:
    """Whether a call stands under no condition, and no `return` can come before it."""
    for node in ast.walk(function):
        if isinstance(node, ast.Return) and node.lineno < call.place.line:
            return False
        if isinstance(node, _BRANCHES) and call.call in ast.walk(node):
            return False
    return True


def _said(why: str, change: str, place: Place) -> Said:
    return Said(_SEE, f"{why} Until a consumer accepts or closes, the client waits.", change, place)
