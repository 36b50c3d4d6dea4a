"""Encoding for the record: excerpts as JSON. What a busy server repeats, a text to a whole group, is encoded once."""

import json
import marshal
from functools import lru_cache
from typing import Any

from channels_lab.wire.excerpt import MOST_CHARACTERS, event_excerpt, excerpt, word

__all__ = ["encode", "event_json", "message_json", "word_json"]

encode = json.JSONEncoder(default=word).encode

# Of exactly these types, a value cannot change, and runs no code when it is looked at.
_FLAT = frozenset((str, int, float, bool, bytes, type(None)))
_MOST_KNOWN = 64
_MOST_KEY = 4096
_last_text = "", "", '{"type": "", "text": ""}'
_known: dict[bytes, str] = {}


def event_json(event: Any) -> str:
    """An ASGI event, short, as JSON; it never fails, whatever an application sends."""
    global _last_text
    if type(event) is dict and len(event) == 2:
        kind, text = event.get("type"), event.get("text")
        if type(text) is str and type(kind) is str and len(text) <= MOST_CHARACTERS:
            last = _last_text  # once: another thread may set it
            if text != last[0] or kind != last[1]:
                _last_text = last = text, kind, encode(event_excerpt(event))
            return last[2]
    return encode(event_excerpt(event))


def message_json(message: Any) -> str:
    """A message of a channel layer, short, as JSON; it never fails. A group gets one message many times."""
    if type(message) is not dict or not _FLAT.issuperset(map(type, message.values())):
        return encode(excerpt(message))
    try:
        # Marshal tells 1 from True, and equal values have equal bytes in its version 2.
        key = marshal.dumps(message, 2)
    except ValueError:  # an odd key
        return encode(excerpt(message))
    known = _known.get(key)
    if known is None:
        known = encode(excerpt(message))
        if len(key) <= _MOST_KEY:
            if len(_known) >= _MOST_KNOWN:
                _known.clear()
            _known[key] = known
    return known


def word_json(name: Any) -> str:
    """A name of a group or channel, as JSON."""
    return _short_word(name) if type(name) is str and len(name) <= MOST_CHARACTERS else encode(excerpt(name))


@lru_cache(maxsize=1024)
def _short_word(name: str) -> str:
    return encode(name)
