"""The event inside a message that a Redis channel layer stored or published."""

import json
from dataclasses import dataclass
from typing import Any

import msgpack

from channels_lab.picture.monitor.redis_command import plain
from channels_lab.picture.story.phrases import message_phrase

__all__ = ["LayerEvent", "read_event"]

# The core layer puts so many random bytes before a message, to make it unique in its sorted set; Pub/Sub none.
_RANDOM = 12
_CHANNELS = "__asgi_channel__"


@dataclass(frozen=True)
class LayerEvent:
    """An event of the channel layer: `text` is `chat.message {"text": "hi"}`, escaped and cut.

    `channels` are the channels of one process that it is for, where the core layer noted them.
    """

    text: str
    channels: tuple[str, ...] = ()


def read_event(message: bytes) -> LayerEvent | None:
    """Read a message of `channels_redis` (msgpack or JSON, its end may be missing); None where it is not readable."""
    for start in (_RANDOM, 0):
        event, cut = _from_msgpack(message[start:])
        event = event or _from_json(message[start:])
        if event and isinstance(event.get("type"), str):
            return _told(event, " …" * cut)
    return None


def _from_msgpack(message: bytes) -> tuple[dict[str, Any], bool]:
    """The event, and whether its end is missing: its first keys will do."""
    unpacker = msgpack.Unpacker(max_buffer_size=len(message) + 1)
    unpacker.feed(message)
    event: dict[str, Any] = {}
    try:
        for _ in range(unpacker.read_map_header()):
            if not isinstance(key := unpacker.unpack(), str):
                return {}, False
            event[key] = unpacker.unpack()
    except msgpack.OutOfData:
        return event, True
    except (ValueError, TypeError, OverflowError, msgpack.UnpackException):
        return {}, False
    return event, False


def _from_json(message: bytes) -> dict[str, Any]:
    try:
        event = json.loads(message) if message[:1] == b"{" else {}
    except (ValueError, RecursionError):
        return {}
    return event if isinstance(event, dict) else {}


def _told(event: dict[str, Any], end: str) -> LayerEvent:
    channels = event.pop(_CHANNELS, ())
    if isinstance(channels, str):
        channels = (channels,)
    if not isinstance(channels, list | tuple):
        channels = ()
    return LayerEvent(plain(message_phrase(event) + end, 120), tuple(plain(str(name), 80) for name in channels))
