"""Rules about what a consumer sends: what is no text, what is empty, and what `send` does not take."""

from typing import Any

from channels_lab.explain.book import Said, rule
from channels_lab.explain.classes import CHANNELS_CONSUMERS
from channels_lab.explain.connections import Connection
from channels_lab.explain.evidence import Evidence
from channels_lab.explain.literal import NOT_LITERAL
from channels_lab.explain.place import Place

__all__: list[str] = []

_CONSUMERS = "https://channels.readthedocs.io/en/stable/topics/consumers.html"
_SEND_EVENT = "https://asgi.readthedocs.io/en/latest/specs/www.html#send-send-event"
_WEBSOCKET = f"{_CONSUMERS}#websocketconsumer"


@rule("send-not-text", page=_WEBSOCKET, instead_of=("attribute-not-known",))
def send_not_text(evidence: Evidence) -> Said | None:
    """`send` is given a dict, a number or bytes as text."""
    raised = evidence.raised(r"'(\w+)' object has no attribute 'encode'|must have type bytes, but was .*'(\w+)'")
    connection = evidence.connection_of(raised)
    sent = connection.sent("websocket.send") if connection else []
    if not raised or not raised.place or not sent or isinstance(sent[-1].get("text"), str):
        return None
    kind = raised.match[1] or raised.match[2]
    consumers = evidence.consumers_of(raised)
    wait = "await " if any(consumer.is_async for consumer in consumers) else ""
    if kind == "bytes":
        change = f"Write `{wait}self.send(bytes_data=…)` for a binary message, or `.decode()` for text."
    elif raised.match[2]:
        change = f"Write `{wait}self.send(text_data=…)` for text, or `.encode()` for bytes."
    elif any("Json" in consumer.base for consumer in consumers):
        change = f"Write `{wait}self.send_json(…)`, which encodes."
    else:
        change = f"Write `{wait}self.send(text_data=json.dumps(…))`."
    return Said(
        see=f"`{raised.text}`; nothing was sent, and the connection closed with code 1011.",
        why=f"A WebSocket carries text or bytes, and `send` converts nothing. What it got is of type `{kind}`.",
        change=change,
        place=raised.place,
    )


@rule("empty-send", page=_SEND_EVENT)
def empty_send(evidence: Evidence) -> Said | None:
    """An empty text or nothing like a text is sent, Daphne leaves it out, and a client waits."""
    for connection in evidence.connections:
        event = next((one for one in connection.sent("websocket.send") if _is_empty(one)), None)
        if event is None or not _waited_after(connection):
            continue
        what = event.get("text", event.get("bytes"))
        shown = "b''" if isinstance(what, dict) and what.get("bytes") == 0 else repr(what)
        return Said(
            see=f"The consumer called `send` with `{shown}`, and no message left; {connection.client} waited in vain.",
            why="A WebSocket message may be empty, but Daphne sends none whose text and bytes are both empty or false.",
            change='Send something that is not empty, such as JSON: `{"text": ""}`. A dict, list or number '
            "is no text: `json.dumps(…)` it.",
            place=_empty_call(evidence, connection),
        )
    return None


def _empty_call(evidence: Evidence, connection: Connection) -> Place | None:
    """The call that says in so many words that it sends what is empty; else the only one that there is."""
    calls = [call for consumer in evidence.consumers_of(connection) for call in consumer.calls("send")]
    own = [call for call in calls if call.target == "self.send"]
    values = [(call, call.value(0, "text_data"), call.value(1, "bytes_data")) for call in own]
    empty = [call for call, *given in values if all(one is not NOT_LITERAL and not one for one in given)]
    return empty[0].place if empty else own[0].place if len(own) == 1 else None


def _is_empty(event: dict[str, Any]) -> bool:
    """Whether Daphne sees neither text nor bytes in it; the record writes bytes as a dict with their count."""
    text, data = event.get("text"), event.get("bytes")
    is_bytes = isinstance(text, dict) and bool(text.get("bytes"))
    empty = data is None or data == "" or (isinstance(data, dict) and data.get("bytes") == 0)
    return not text and not is_bytes and empty


def _waited_after(connection: Connection) -> bool:
    """Whether our client waited for a message in vain, and none had come since the empty one."""
    at = next(e.t for e in connection.of("send") if _is_empty(e.details.get("event", {})) and _is_send(e.details))
    later = [event.kind for event in connection.client_events if event.t > at]
    return "waited" in later and "received" not in later[: later.index("waited")]


def _is_send(details: dict[str, Any]) -> bool:
    return bool(details.get("event", {}).get("type") == "websocket.send")


@rule("send-nothing", page=_WEBSOCKET)
def send_nothing(evidence: Evidence) -> Said | None:
    """`send` has neither text nor bytes."""
    raised = evidence.raised(r"You must pass one of bytes_data or text_data")
    if not raised:
        return None
    return Said(
        see=f"`{raised.text}`; the connection closed with code 1011.",
        why="`send` was called with nothing, or with `None`. That happens, too, when `text_data` is sent on and a "
        "binary message came: then `text_data` is `None`.",
        change='Give it what to send: `self.send(text_data="…")`. Before sending on, check `if text_data is not None`.',
        place=raised.place,
    )


@rule("send-argument", page=_WEBSOCKET)
def send_argument(evidence: Evidence) -> Said | None:
    """A method of Channels is called with an argument that it has not."""
    raised = evidence.raised(r"(\w+)\.(send|send_json|accept|close)\(\) got an unexpected keyword argument '(\w+)'")
    if not raised or raised.match[1] not in CHANNELS_CONSUMERS:
        return None
    takes, example = {
        "send": ("`text_data` or `bytes_data`", "text_data=json.dumps(…)"),
        "send_json": ("`content`, the dict itself", "{…}"),
        "accept": ("`subprotocol` and `headers`", ""),
        "close": ("`code` and `reason`", "code=4003"),
    }[raised.match[2]]
    return Said(
        see=f"`{raised.text}`.",
        why=f"`{raised.match[2]}` of `{raised.match[1]}` takes {takes}; `{raised.match[3]}` is none of them.",
        change=f"Write `self.{raised.match[2]}({example})`. What belongs in the message goes into the JSON.",
        place=raised.place,
    )
