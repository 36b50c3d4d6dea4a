"""Encoding for the record: excerpts as JSON. What a busy server repeats, a text to a whole group, is encoded once."""

import json
from functools import lru_cache
from typing import Any

from channels_lab.wire.excerpt import event_excerpt, excerpt

__all__ = ["Messages", "encode", "event_json", "word_json"]

encode = json.JSONEncoder(default=str).encode


def event_json(event: dict[str, Any]) -> str:
    """An ASGI event, short, as JSON."""
    kind, text = event.get("type"), event.get("text")
    if type(text) is str and type(kind) is str and len(event) == 2:
        return _text_event(kind, text)
    return encode(event_excerpt(event))


@lru_cache(maxsize=1024)
def word_json(text: str) -> str:
    """A name, as JSON."""
    return encode(excerpt(text))


@lru_cache(maxsize=64)
def _text_event(kind: str, text: str) -> str:
    return encode(event_excerpt({"type": kind, "text": text}))


class Messages:
    """Encodes the messages of a channel layer, and remembers the last one: a group gets one message many times."""

    def __init__(self) -> None:
        self._last: dict[str, str] = {}
        self._json = "{}"

    def json(self, message: Any) -> str:
        """A message, short, as JSON."""
        # Texts only: 1 and True are equal and not the same, and what is compared may run a learner's code.
        if type(message) is dict and [*map(type, message.values())] == [str] * len(message):
            if message != self._last:
                self._last, self._json = dict(message), encode(excerpt(message))
            return self._json
        return encode(excerpt(message))
