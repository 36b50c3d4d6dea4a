"""Encoding for the record: excerpts as JSON. What a busy server repeats, a text to a whole group, is encoded once."""

import json
from functools import lru_cache
from typing import Any

from channels_lab.wire.excerpt import event_excerpt, excerpt

__all__ = ["encode", "event_json", "message_json", "word_json"]

encode = json.JSONEncoder(default=str).encode


def event_json(event: dict[str, Any]) -> str:
    """An ASGI event, short, as JSON."""
    kind, text = event.get("type"), event.get("text")
    if type(text) is str and type(kind) is str and len(event) == 2:
        return _text_event(kind, text)
    return encode(event_excerpt(event))


def message_json(message: Any) -> str:
    """A message of a channel layer, short, as JSON."""
    if type(message) is dict:
        items = tuple(message.items())
        if all(type(key) is str and type(value) is str for key, value in items):
            return _texts(items)
    return encode(excerpt(message))


@lru_cache(maxsize=1024)
def word_json(text: str) -> str:
    """A name, as JSON."""
    return encode(excerpt(text))


@lru_cache(maxsize=64)
def _text_event(kind: str, text: str) -> str:
    return encode(event_excerpt({"type": kind, "text": text}))


@lru_cache(maxsize=64)
def _texts(items: tuple[tuple[str, str], ...]) -> str:
    return encode(excerpt(dict(items)))
