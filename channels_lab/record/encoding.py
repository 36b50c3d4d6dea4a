"""Encoding for the record: excerpts as JSON. What a busy server repeats, a text to a whole group, is encoded once."""

import json
from functools import lru_cache
from typing import Any

from channels_lab.record.excerpt import MOST_CHARACTERS, event_excerpt, excerpt, word
from channels_lab.record.masking import masked

__all__ = ["encode", "event_json", "message_json", "word_json"]

encode = json.JSONEncoder(default=word).encode

# Of exactly these types, a value cannot change, and runs no code when it is compared.
_FLAT = frozenset((str, int, float, bool, bytes, type(None)))
_TEXT = frozenset((str,))
_MOST_KEYS = 40
_last_message: tuple[list[type], dict[str, Any], str] = [], {}, "{}"
_last_text = "", "", '{"type": "", "text": ""}'


def event_json(event: Any) -> str:
    """An ASGI event, short, as JSON; it never fails, whatever an application sends."""
    global _last_text
    if type(event) is dict and len(event) == 2:
        kind, text = event.get("type"), event.get("text")
        if type(text) is str and type(kind) is str and len(kind) + len(text) <= MOST_CHARACTERS:
            last = _last_text  # once: another thread may set it
            if text != last[0] or kind != last[1]:
                _last_text = last = text, kind, f'{{"type": {encode(kind)}, "text": {encode(masked(text))}}}'
            return last[2]
    return encode(event_excerpt(event))


def message_json(message: Any) -> str:
    """A message of a channel layer, short, as JSON; it never fails. A group gets one message many times."""
    global _last_message
    if type(message) is dict:
        kinds = [*map(type, message.values())]
        last = _last_message  # once: another thread may set it
        # 1 and True are equal, and not the same; what is compared runs no code of the project's: kinds are plain.
        if kinds == last[0] and message == last[1]:
            return last[2]
        told = encode(excerpt(message))
        if _FLAT.issuperset(kinds) and _TEXT.issuperset(map(type, message)) and len(message) <= _MOST_KEYS:
            _last_message = kinds, message.copy(), told
        return told
    return encode(excerpt(message))


def word_json(name: Any) -> str:
    """A name of a group or channel, as JSON."""
    return _short_word(name) if type(name) is str and len(name) <= MOST_CHARACTERS else encode(excerpt(name))


@lru_cache(maxsize=1024)
def _short_word(name: str) -> str:
    return encode(name)
