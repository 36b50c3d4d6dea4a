"""Rules about what a consumer sends: a dict for a text, nothing at all, JSON in JSON."""

import json
from typing import Any

from channels_lab.explain.book import Said, rule
from channels_lab.explain.classes import CHANNELS_CONSUMERS
from channels_lab.explain.connections import Connection
from channels_lab.explain.evidence import Evidence

__all__: list[str] = []

_CONSUMERS = "https://channels.readthedocs.io/en/stable/topics/consumers.html"
_WEBSOCKET = f"{_CONSUMERS}#websocketconsumer"
_JSON = f"{_CONSUMERS}#jsonwebsocketconsumer"
_ENCODERS = "https://docs.python.org/3/library/json.html#encoders-and-decoders"


_DJANGO = " Or give `json.dumps` the encoder of Django: `cls=DjangoJSONEncoder`."
_DJANGO_KNOWS = ("datetime", "date", "time", "timedelta", "Decimal", "UUID")


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


@rule("send-json-unknown", page=_JSON, instead_of=("no-such-method",))
def send_json_unknown(evidence: Evidence) -> Said | None:
    """`send_json` is called on a consumer that is none for JSON."""
    raised = evidence.raised(r"'(\w+)' object has no attribute '(send_json|encode_json|decode_json)'")
    for consumer in evidence.source.consumers(raised.match[1]) if raised else ():
        if raised and "Json" not in consumer.base:
            json_base = consumer.base.replace("Websocket", "JsonWebsocket")
            wait = "await " if consumer.is_async else ""
            return Said(
                see=f"`{raised.text}`; the connection closed.",
                why=f"`{consumer.name}` derives from `{consumer.base}`, which knows text and bytes only; "
                f"`{raised.match[2]}` belongs to `{json_base}`.",
                change=f"Write `{wait}self.send(text_data=json.dumps(…))`; or derive from `{json_base}`, and rename "
                "`receive` to `receive_json(self, content)`.",
                place=raised.place,
            )
    return None


@rule("not-serialisable", page=_ENCODERS)
def not_serialisable(evidence: Evidence) -> Said | None:
    """JSON is made of something that JSON does not know."""
    raised = evidence.raised(r"Object of type (\w+) is not JSON serializable")
    if not raised:
        return None
    kind = raised.match[1]
    ways = {
        "datetime": "Write its text: `value.isoformat()`",
        "date": "Write its text: `value.isoformat()`",
        "set": "Make a list of it: `sorted(value)`",
        "bytes": "Decode it, `value.decode()`, or send it with `self.send(bytes_data=value)`",
        "Decimal": "Write `str(value)`, which keeps all digits",
        "UUID": "Write `str(value)`",
        "QuerySet": 'Make a list of plain values: `list(messages.values("id", "text"))`',
        "coroutine": "It was not awaited: write `await` before the call that made it",
    }
    way = ways.get(kind, f"Send what the client needs of the `{kind}`: its id, its name, as texts and numbers")
    return Said(
        see=f"`{raised.text}`.",
        why="JSON has texts, numbers, true, false, null, lists, and objects with texts as keys. "
        f"`json.dumps` does not guess how a `{kind}` should look.",
        change=f"{way}.{_DJANGO if kind in _DJANGO_KNOWS else ''}",
        place=raised.place,
    )


@rule("json-twice", page=_JSON)
def json_twice(evidence: Evidence) -> Said | None:
    """What is JSON already is encoded again: the client gets a text, not an object."""
    for connection in evidence.connections:
        for event in connection.sent("websocket.send"):
            inner = _decoded(event.get("text"))
            if isinstance(inner, str) and isinstance(_decoded(inner), dict | list):
                calls = [c for one in evidence.consumers_of(connection) for c in one.calls("send_json")]
                return Said(
                    see=f"The client got `{str(event['text'])[:60]}`: a text with JSON in it, full of backslashes.",
                    why="It was encoded twice: what went into the last encoding was JSON already, and so a text.",
                    change="Encode once: `self.send_json(data)` takes the dict itself, and so does `json.dumps(data)`.",
                    place=next((call.place for call in calls if "dumps" in call.place.code), None),
                )
    return None


def _decoded(text: Any) -> Any:
    """A text's value as JSON; None where it is none."""
    try:
        return json.loads(text)
    except (TypeError, ValueError):
        return None


@rule("empty-send", page=_WEBSOCKET)
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
            why="A WebSocket message may be empty, but Daphne drops one whose text or bytes are empty or false.",
            change='Send something that is not empty, such as JSON: `{"text": ""}`. A dict, list or number '
            "is no text: `json.dumps(…)` it.",
            place=None,
        )
    return None


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
        change=f"Write `self.{raised.match[2]}({example})`. What belongs into the message goes into the JSON.",
        place=raised.place,
    )
