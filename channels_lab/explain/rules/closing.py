"""Rules about closing a connection, and about what comes after."""

from channels_lab.explain.book import Said, rule
from channels_lab.explain.connections import Connection
from channels_lab.explain.evidence import Evidence
from channels_lab.explain.place import Place
from channels_lab.wire.client import Closed

__all__: list[str] = []

_CONSUMERS = "https://channels.readthedocs.io/en/stable/topics/consumers.html#websocketconsumer"
_CODES = "https://www.rfc-editor.org/rfc/rfc6455#section-7.4"
_CLOSE = "https://asgi.readthedocs.io/en/latest/specs/www.html#close-send-event"
_CLOSE_FRAME = "https://www.rfc-editor.org/rfc/rfc6455#section-5.5.1"
_CUT = "…"


@rule("close-code-before-accept", page=_CLOSE)
def close_code_before_accept(evidence: Evidence) -> Said | None:
    """`close(4001)` before `accept()`: the client sees an HTTP 403, and no code."""
    for connection in evidence.connections:
        codes = [event["code"] for event in connection.sent("websocket.close") if event.get("code")]
        if connection.type != "websocket" or connection.accepted or not codes:
            continue
        consumers = evidence.consumers_of(connection)
        calls = [
            call for consumer in consumers for call in consumer.calls("close") if call.call.args or call.call.keywords
        ]
        wait = "await " if any(consumer.is_async for consumer in consumers) else ""
        return Said(
            see=f"The handshake was refused with HTTP 403; the close code {codes[0]} did not reach the client.",
            why="A close code travels in a WebSocket frame, and before `accept()` there is no WebSocket yet: "
            "closing then answers the HTTP request, always with 403.",
            change=f"For the code, accept first: `{wait}self.accept()`, then `{wait}self.close({codes[0]})`. To "
            f"refuse only, `{wait}self.close()` is enough.",
            place=calls[0].place if calls else None,
        )
    return None


@rule("close-code-invalid", page=_CODES)
def close_code_invalid(evidence: Evidence) -> Said | None:
    """A close code that an application must not send, by Daphne's reading of the RFC."""
    raised = evidence.raised(r"invalid close code (\d+)")
    if not raised:
        return None
    return Said(
        see=f"`{raised.text}`.",
        why=f"Daphne sends only 1000 (normal), and 3000 to 4999: the others, {raised.match[1]} among them, "
        "belong to the protocol, or are HTTP statuses and no close codes. 4000 to 4999 are for applications.",
        change="Choose a code of your own, such as `close(4003)`, and tell the client's author what it means.",
        place=raised.place,
    )


@rule("close-reason-lost", page=_CLOSE)
def close_reason_lost(evidence: Evidence) -> Said | None:
    """Daphne sends a close code without its reason."""
    for connection in evidence.connections:
        reasons = [str(event["reason"]) for event in connection.sent("websocket.close") if event.get("reason")]
        closed = [event for event in connection.client_events if event.kind == "closed"]
        if not connection.accepted or not reasons or not closed or closed[-1].details.get("reason"):
            continue
        calls = [call for consumer in evidence.consumers_of(connection) for call in consumer.calls("close")]
        return Said(
            see=f"The client got the code {closed[-1].details.get('code')} with an empty reason, not `{reasons[0]}`.",
            why="Daphne passes on the code of a close event, and leaves out its reason.",
            change="Give each cause a code of its own (4000 to 4999), or send the reason as a message before closing.",
            place=next((call.place for call in calls if call.argument(1, "reason")), None),
        )
    return None


@rule("send-after-close", page=_CLOSE_FRAME, instead_of=("server-closed-first",))
def send_after_close(evidence: Evidence) -> Said | None:
    """The consumer closes, and sends then."""
    raised = evidence.raised(r"Disconnected: Attempt to send on a closed protocol")
    connection = evidence.connection_of(raised)
    if not raised or not connection or not connection.sent("websocket.close"):
        return None
    return Said(
        see=f"`{raised.text}`; the message did not reach the client.",
        why="The consumer had called `close()` already. That ends the connection, but not your method: "
        "the lines after it run, and what they send has no way to go.",
        change="Send first and close last; or `return` after `close()`.",
        place=raised.place,
    )


@rule("server-closed-first", page=_CONSUMERS, instead_of=("close-reason-lost",))
def server_closed_first(evidence: Evidence) -> Said | None:
    """The client goes on after the consumer has closed the connection."""
    error = evidence.error
    if not isinstance(error, Closed) or error.code == 1011:
        return None
    for connection in evidence.connections:
        if not connection.client or not error.message.startswith(f"{connection.client} "):
            continue
        if connection.accepted and connection.sent("websocket.close") and not _left_by_itself(connection):
            what = "send" if "could not send" in error.message else "receive"
            calls = [call for consumer in evidence.consumers_of(connection) for call in consumer.calls("close")]
            return Said(
                see=f"`Closed`: {connection.client} could not {what}; the connection had ended with code {error.code}.",
                why="The server closed it: your consumer called `self.close()`. After the close frame, no "
                "message goes either way.",
                change="If that came too soon, look at the condition around `close()`. Else let the client expect "
                f"the end: `await {_variable(connection)}.wait_closed()` gives the code.",
                place=calls[0].place if len(calls) == 1 else None,
            )
    return None


def _variable(connection: Connection) -> str:
    return connection.client if connection.client.isidentifier() else "client"


def _left_by_itself(connection: Connection) -> bool:
    """Whether the client began the closing."""
    ends = [event.kind for event in connection.client_events if event.kind in ("closing", "closed")]
    return ends[:1] == ["closing"]


@rule("message-too-large", page="https://www.rfc-editor.org/rfc/rfc6455#section-10.4")
def message_too_large(evidence: Evidence) -> Said | None:
    """A message is larger than Daphne lets through, in or out."""
    raised = evidence.raised(r"tried to send WebSocket message with size (\d+) exceeding payload limit of (\d+)")
    if raised:
        see = f"`{raised.text}`."
        return _too_large(see, f"Daphne sends and takes at most {int(raised.match[2]):,} bytes a message", raised.place)
    ended = {event.name for event in evidence.of("end", "process")}
    for connection in evidence.connections:
        if connection.process not in ended and _hung_up(connection):
            see = "The connection ended with code 1006 while a long message was sent; the consumer never received it."
            return _too_large(see, "Daphne takes at most 1 MiB a message (1,048,576 bytes), and hangs up on more", None)
    return None


def _too_large(see: str, limit: str, place: Place | None) -> Said:
    return Said(
        see=see,
        why=f"{limit}, so that nobody fills the server's memory.",
        change="Send large data in parts, or over HTTP as a file, and only its address over the WebSocket. "
        "`daphne --websocket-max-message-size N` (and `--websocket-max-frame-size N`) changes the limit.",
        place=place,
    )


def _hung_up(connection: Connection) -> bool:
    """Whether a client's last message, too long for the record, never came, and the connection broke then."""
    sent = [str(event.details.get("message", "")) for event in connection.client_events if event.kind == "sent"]
    codes = [event.get("code") for event in connection.received("websocket.disconnect")]
    came = len(connection.received("websocket.receive"))
    return (
        connection.accepted
        and bool(sent)
        and sent[-1].endswith(_CUT)
        and came < len(sent)
        and 1006 in codes
        and not connection.of("error")
    )
