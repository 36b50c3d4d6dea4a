"""Rules about what a client sends: JSON that is none, keys that are missing, text taken for a dict."""

import difflib
import json
from typing import Any

from channels_lab.explain.book import Said, rule
from channels_lab.explain.connections import Connection
from channels_lab.explain.evidence import Evidence, Raised
from channels_lab.explain.lookup import function_at, lookups

__all__: list[str] = []

_JSON = "https://docs.python.org/3/library/json.html"
_CONSUMERS = "https://channels.readthedocs.io/en/stable/topics/consumers.html"
_CUT = "…"
_NOT_JSON = object()
_DECODERS = ("json.loads(", "loads(", "self.decode_json(", "await self.decode_json(", "(await self.decode_json(")
_READERS = ("receive", "receive_json", "websocket_receive", "decode_json")
_NO_DICT = (
    r"string indices must be integers|list indices must be integers or slices, not str|"
    r"'(?:str|list|int|float|NoneType|bool)' object (?:has no attribute '\w+'|is not subscriptable)"
)


def _last(connection: Connection | None) -> dict[str, Any]:
    """The event of the last message that a client sent; {} for none."""
    received = connection.received("websocket.receive") if connection else []
    return received[-1] if received else {}


def _decoded(event: dict[str, Any]) -> Any:
    """What a text is as JSON; `_NOT_JSON` where it is none, or too long for the record."""
    try:
        return json.loads(event["text"])
    except (KeyError, TypeError, ValueError):
        return _NOT_JSON


@rule("bad-json", page=f"{_JSON}#json.JSONDecodeError")
def bad_json(evidence: Evidence) -> Said | None:
    """A text that is no JSON was decoded."""
    raised = evidence.raised(r"JSONDecodeError: (.+)")
    text = _last(evidence.connection_of(raised)).get("text")
    if not raised or not isinstance(text, str) or _decoded({"text": text}) is not _NOT_JSON:
        return None
    reader = function_at(evidence.source, raised.place)
    if text.endswith(_CUT) and reader and reader.name not in _READERS:
        return None  # who knows what was decoded
    change = "catch `json.JSONDecodeError` and answer with an error message."
    if not raised.place:
        change = "override `receive`, and catch `json.JSONDecodeError` around `super().receive(…)`."
    shown = f"`{text[:40]}{_CUT if len(text) > 40 else ''}`" if text else "an empty text"
    return Said(
        see=f"`{raised.text}`; the connection closed with code 1011.",
        why=f"The client sent {shown}, and that is not JSON. Anyone can send anything: "
        "what comes from a client may be broken, and an exception ends the connection.",
        change=f"Let the client send JSON, `JSON.stringify({{…}})` in a page. In the consumer, {change}",
        place=raised.place,
    )


@rule("no-text", page=f"{_CONSUMERS}#jsonwebsocketconsumer")
def no_text(evidence: Evidence) -> Said | None:
    """A binary or empty message came where JSON text was expected."""
    raised = evidence.raised(
        r"the JSON object must be str, bytes or bytearray, not NoneType|No text section for incoming"
    )
    event = _last(evidence.connection_of(raised))
    if not raised or ("bytes" not in event and event.get("text") != ""):
        return None
    what = "a binary message, so there is `bytes_data` and no `text_data`" if "bytes" in event else "an empty text"
    plain = not any("Json" in consumer.base for consumer in evidence.consumers_of(raised))
    guard = " Where others may send anything, begin `receive` with `if not text_data: return`."
    return Said(
        see=f"`{raised.text}`; the connection closed with code 1011.",
        why=f"The client sent {what}. The consumer went on as if there were text.",
        change="Let the client send JSON as text (in Python a `str`, not `bytes`)." + guard * plain,
        place=raised.place,
    )


@rule("missing-key", page="https://docs.python.org/3/library/stdtypes.html#dict.get")
def missing_key(evidence: Evidence) -> Said | None:
    """The client's JSON has not the key that the consumer reads."""
    raised = evidence.raised(r"KeyError: '(.+)'")
    value = _decoded(_last(evidence.connection_of(raised)))
    if not raised or not isinstance(value, dict) or raised.match[1] in value:
        return None
    key, keys = raised.match[1], list(value)
    if not _reads_json(evidence, raised, key):
        return None
    near = difflib.get_close_matches(key, keys, 1)
    only = f"only {', '.join(f'`{one}`' for one in keys[:6])}" if keys else "no keys"
    return Said(
        see=f"`{raised.text}`; the connection closed with code 1011.",
        why=f"The client's message has {only}, and the consumer reads `{key}`. A missing key raises, and an "
        "exception ends the connection.",
        change=f"Let both use the same word{f': `{near[0]}` or `{key}`' if near else ''}. Since clients make mistakes, "
        f'read with `.get("{key}")` and tell the client what is missing.',
        place=raised.place,
    )


@rule("json-not-a-dict", page=f"{_JSON}#json-to-py-table")
def json_not_a_dict(evidence: Evidence) -> Said | None:
    """The client's JSON is a list, a text, a number, where a dict was expected."""
    raised = evidence.raised(_NO_DICT)
    value = _decoded(_last(evidence.connection_of(raised)))
    if not raised or value is _NOT_JSON or isinstance(value, dict) or not _reads_json(evidence, raised):
        return None
    change = "Let the client send an object, `{…}`; in the consumer, check `isinstance(data, dict)` first."
    if isinstance(value, str):
        change = "Encode once: in Python `send_json(…)` encodes already, and `JSON.stringify` in a page is called once."
    return Said(
        see=f"`{raised.text}`; the connection closed with code 1011.",
        why=f"The client sent valid JSON, but no object: decoded, it is a `{type(value).__name__}`, "
        "and that has no keys.",
        change=change,
        place=raised.place,
    )


def _reads_json(evidence: Evidence, raised: Raised, key: str = "") -> bool:
    """Whether the line reads (this key) from decoded JSON: `json.loads(…)`, or the argument of `receive_json`."""
    function = function_at(evidence.source, raised.place)
    argument = function.args.args[1].arg if function and len(function.args.args) > 1 else ""
    content = argument if function and function.name == "receive_json" else ""
    owners = [found.owner for found in lookups(evidence.source, raised.place, key)]
    return any(owner.startswith(_DECODERS) or (content and owner == content) for owner in owners)


@rule("text-not-decoded", page=f"{_CONSUMERS}#websocketconsumer")
def text_not_decoded(evidence: Evidence) -> Said | None:
    """`receive` takes its text for a dict."""
    raised = evidence.raised(r"string indices must be integers|'str' object has no attribute '\w+'")
    function = function_at(evidence.source, raised.place) if raised else None
    if not raised or not function or function.name != "receive" or len(function.args.args) < 2:
        return None
    argument = function.args.args[1].arg
    if all(found.owner != argument for found in lookups(evidence.source, raised.place)):
        return None
    consumers = evidence.consumers_of(raised)
    change = f"Decode it first: `data = json.loads({argument})`, then `data[…]`."
    if any("Json" in consumer.base for consumer in consumers):
        change = "Name the method `receive_json(self, content)`: it is called with the decoded message."
    return Said(
        see=f"`{raised.text}`; the connection closed with code 1011.",
        why=f"`receive` gets the message as it came, and `{argument}` is a text, even where it looks like a dict.",
        change=change,
        place=raised.place,
    )
