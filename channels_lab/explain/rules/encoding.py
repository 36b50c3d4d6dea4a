"""Rules about JSON on its way out: encoded by whom, of what, and how often."""

import json
from typing import Any

from channels_lab.explain.book import Said, rule
from channels_lab.explain.evidence import Evidence

__all__: list[str] = []

_JSON = "https://channels.readthedocs.io/en/stable/topics/consumers.html#jsonwebsocketconsumer"
_ENCODERS = "https://docs.python.org/3/library/json.html#encoders-and-decoders"
_DJANGO = " Or give `json.dumps` the encoder of Django: `cls=DjangoJSONEncoder`."
_DJANGO_KNOWS = ("datetime", "date", "time", "timedelta", "Decimal", "UUID")


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
