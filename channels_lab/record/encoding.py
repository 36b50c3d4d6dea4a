"""Encoding for the record: excerpts as JSON. What a busy server repeats, a text to a whole group, is encoded once."""

import json
from functools import lru_cache
from json.encoder import encode_basestring_ascii as quoted  # in C, without what an encoder looks at first
from typing import Any

from channels_lab.record.excerpt import MOST_CHARACTERS, event_excerpt, excerpt, word
from channels_lab.record.masking import masked

__all__ = ["encode", "event_json", "last", "message_json", "word_json"]

encode = json.JSONEncoder(default=word).encode

# Of exactly these types, a value cannot change, and runs no code when it is compared.
_FLAT = frozenset((str, int, float, bool, bytes, type(None)))
_TEXT = frozenset((str,))
_MOST_KEYS = 40


class _Last:
    """What was encoded last; each is replaced as a whole, by whatever thread."""

    def __init__(self) -> None:  # in an object and not in its class, too: there Python finds it slowly
        # An event's type and text, the types of a message's values and a copy of it, each with what is told of it.
        self.event: tuple[str, str, bytes] = "", "", b'{"type": "", "text": ""}'
        self.message: tuple[list[type], dict[str, Any], bytes] = [], {}, b"{}"


last = _Last()


def event_json(event: Any) -> str:
    """An ASGI event, short, as JSON; it never fails, whatever an application sends."""
    if type(event) is dict and len(event) == 2:
        kind, text = event.get("type"), event.get("text")
        if type(text) is str and type(kind) is str and len(kind) + len(text) <= MOST_CHARACTERS:
            told = f'{{"type": {quoted(kind)}, "text": {quoted(masked(text))}}}'
            last.event = kind, text, told.encode()
            return told
    return encode(event_excerpt(event))


def message_json(message: Any) -> str:
    """A message of a channel layer, short, as JSON; it never fails. A group gets one message many times."""
    if type(message) is not dict or len(message) > _MOST_KEYS:
        return encode(excerpt(message))
    words = _words_json(message)
    told = words or encode(excerpt(message))
    kinds = [type(value) for value in message.values()]
    if words or (_FLAT.issuperset(kinds) and _TEXT.issuperset(map(type, message))):
        last.message = kinds, message.copy(), told.encode()
    return told


def _words_json(message: dict[Any, Any]) -> str:
    """A short message of texts alone as its excerpt would be, and sooner; "" where it is none."""
    left = MOST_CHARACTERS
    pairs = []
    for key, value in message.items():
        if type(key) is not str or type(value) is not str or (left := left - len(key) - len(value)) < 0:
            return ""
        pairs.append(f"{quoted(key)}: {quoted(value)}")
    return masked(f"{{{', '.join(pairs)}}}")


def word_json(name: Any) -> str:
    """A name of a group or channel, as JSON."""
    return _short_word(name) if type(name) is str and len(name) <= MOST_CHARACTERS else encode(excerpt(name))


@lru_cache(maxsize=1024)
def _short_word(name: str) -> str:
    return quoted(name)
