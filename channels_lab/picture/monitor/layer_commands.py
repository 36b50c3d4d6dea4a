"""What one Redis command means to the channel layer: the commands of `channels_redis` 4, in the layer's own words.

There are two layers (https://github.com/django/channels_redis). The core layer, `RedisChannelLayer`, keeps a group's
members and a channel's messages in sorted sets; with `RedisPubSubChannelLayer` each process subscribes to its channels.
"""

from dataclasses import dataclass

from channels_lab.picture.monitor.layer_event import read_event
from channels_lab.picture.monitor.redis_command import Command, plain

__all__ = ["Key", "Meaning", "event_of", "meaning_in_script", "meaning_of"]

# By the command and the kind of its key: the call that this counts as, and what is meant.
_MEANINGS = {
    ("ZADD", "group"): ("group_add", "group_add {name}: {word3} joins"),
    ("EXPIRE", "group"): ("", "group_add {name}: forgotten {span} after the last one joined"),
    ("ZREM", "group"): ("group_discard", "group_discard {name}: {word2} leaves"),
    ("ZREMRANGEBYSCORE", "group"): ("", "clean-up of {name}: members that joined over {age} ago"),
    ("ZRANGE", "group"): ("group_send", "group_send {name}: who is a member?"),
    ("ZREMRANGEBYSCORE", "channel"): ("", "clean-up of expired messages for {name}: older than {age}"),
    ("ZCOUNT", "channel"): ("", "send {name}: is there room?"),
    ("ZADD", "channel"): ("send", "send {name}: {event}"),
    ("EXPIRE", "channel"): ("", "send {name}: expires after {span}"),
    ("BZPOPMIN", "channel"): ("", "receive waits on {name}, {word2} s at a time"),
    ("ZADD", "inflight"): ("receive", "receive on {name}: {event}, a copy is kept"),
    ("ZPOPMIN", "inflight"): ("", "receive on {name}: handed over, the copy goes"),
    ("SUBSCRIBE", "topic"): ("group_add", "group_add {name}: the first member in its process"),
    ("UNSUBSCRIBE", "topic"): ("group_discard", "group_discard {name}: the last member in its process"),
    ("PUBLISH", "topic"): ("group_send", "group_send {name}: {event}"),
    ("SUBSCRIBE", "channel"): ("new_channel", "new_channel {name}: its process listens"),
    ("UNSUBSCRIBE", "channel"): ("", "{name} is given up: its receive was cancelled"),
    ("PUBLISH", "channel"): ("send", "send {name}: {event}"),
}
_IN_SCRIPT = {
    ("ZCOUNT", "channel"): "is there room for {name}?",
    ("ZADD", "channel"): "in line for {name}",
    ("EXPIRE", "channel"): "expires after {span}",
    ("ZRANGE", "inflight"): "is a message left over?",
    ("DEL", "inflight"): "nothing is left over now",
    ("KEYS", "channel"): "which keys are the layer's?",
    ("DEL", "channel"): "deleted",
    ("DEL", "group"): "deleted",
}


@dataclass(frozen=True)
class Key:
    """A key as the layer names it: `kind` is group, topic (a group of Pub/Sub), channel, inflight, or "" for no key
    of the layer; `name` is the group or channel, fit to be shown.
    """

    kind: str
    name: str

    @classmethod
    def read(cls, word: bytes, prefix: bytes) -> "Key":
        """Tell the kind of a key by its prefix."""
        kind, name = "", word
        if word.startswith(prefix) and word != prefix:
            kind, name = "channel", word[len(prefix) :]
            for begin, other in ((b":group:", "group"), (b"__group__", "topic")):
                if name.startswith(begin):
                    kind, name = other, name[len(begin) :]
            if kind == "channel" and name.endswith(b"$inflight"):
                kind, name = "inflight", name.removesuffix(b"$inflight")
        return cls(kind, _text(name))

    @classmethod
    def of(cls, command: Command, prefix: bytes) -> "Key":
        """The first key of a command."""
        if len(command.words) < 2:
            return cls("", "")
        key = cls.read(command.words[1], prefix)
        if command.name in ("SUBSCRIBE", "UNSUBSCRIBE", "PUBLISH") and key.kind in ("", "channel"):
            # With Pub/Sub the prefix is part of the channel's name; a channel that the project names has none.
            # That such a one is the layer's, its message tells.
            is_layer = key.kind or (command.name == "PUBLISH" and read_event(command.words[-1]))
            return cls("channel" if is_layer else "", _text(command.words[1]))
        return key


@dataclass(frozen=True)
class Meaning:
    """What a command means: `text` in the layer's words; `call` is the call that it counts as, "group_send" or ""."""

    text: str
    call: str = ""


def meaning_of(command: Command, key: Key) -> Meaning | None:
    """What a command means by itself; None for one that is not the layer's."""
    if not (found := _MEANINGS.get((command.name, key.kind))):
        return None
    call, template = found
    return Meaning(_filled(template, command, key), call)


def meaning_in_script(command: Command, key: Key) -> Meaning:
    """What a command means that a script of the layer runs."""
    return Meaning(_filled(_IN_SCRIPT.get((command.name, key.kind), "part of the script"), command, key))


def event_of(message: bytes) -> str:
    """The event in a stored message; how long it is, where it cannot be read."""
    event = read_event(message)
    return event.text if event else f"a message of {len(message):,} bytes (encrypted, or not of a channel layer)"


def _filled(template: str, command: Command, key: Key) -> str:
    words = [*command.words[:4], b"", b"", b"", b""]
    facts = {f"word{number}": _text(word) for number, word in enumerate(words[:4])}
    facts |= {"name": key.name, "span": _span(_number(words[2])), "age": _span(int(command.t) - _number(words[3]))}
    if "{event}" in template:
        facts["event"] = event_of(command.words[-1])
    return plain(template.format_map(facts), 240)


def _text(word: bytes) -> str:
    return plain(word[:400].decode("utf-8", "backslashreplace"), 60)


def _number(word: bytes) -> int:
    try:
        return int(float(word))
    except (ValueError, OverflowError):
        return 0


def _span(seconds: int) -> str:
    near = round(seconds, -1)
    if seconds >= 60 and abs(seconds - near) < 2:
        seconds = near  # the clock has ticked between the layer's look at it and the server's
    return f"{seconds // 3600} h" if seconds >= 3600 and seconds % 3600 == 0 else f"{seconds} s"
