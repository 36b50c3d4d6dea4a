"""Origins: which message of a client's made a consumer do what it does, through the channel layer and workers too."""

import json
from collections import defaultdict
from typing import Any

from channels_lab.picture.story.hindsight import alike
from channels_lab.record.events import Event

__all__ = ["Origins"]

Key = tuple[str, int]
# A message of a connection's client, by its number from 0.
Origin = tuple[Key, int]


class Origins:
    """Follows a record, event by event, in order.

    A consumer handles one thing at a time, so what it gives out comes of what it took in last. A message that it
    puts on the layer carries its origin to whoever takes it from there. Inferred, not observed: what code sends from
    a task of its own may be ascribed to another message.
    """

    def __init__(self) -> None:
        self._taken: defaultdict[Key, int] = defaultdict(int)
        self._cause: dict[Key, Origin | None] = {}  # of what a connection took in last
        self._own: dict[Key, Origin] = {}  # what its own client said last
        self._has_put: set[Key] = set()  # since then, on the layer
        self._told: dict[Key, Any] = {}  # what it took from the layer last
        self._opened: dict[Key, float] = {}
        self._workers: set[Key] = set()
        self._puts: defaultdict[str, list[tuple[float, Origin | None]]] = defaultdict(list)
        self._next: defaultdict[tuple[Key, str], int] = defaultdict(int)

    def follow(self, event: Event) -> int | None:
        """Take in an event of a server's; for what a consumer gave out, returns which of its own client's messages
        made it do so, if one did.
        """
        key, details = event.key, event.details
        if not event.connection:
            return None
        if event.kind == "open":
            self._opened[key] = event.t
            if details["type"] == "channel":
                self._workers.add(key)
        elif event.kind == "receive":
            self._receive(key, details["event"])
        elif event.kind == "layer" and details["call"] == "receive" and "error" not in details:
            self._cause[key] = self._take(key, details["message"])
            self._told[key] = details["message"]
        elif event.kind == "layer" and details["call"] in ("send", "group_send"):
            number = self._ascribed(key, "")
            if "error" not in details:
                self._has_put.add(key)
                cause = self._cause.get(key) if number is None else (key, number)
                self._puts[alike(details["message"])].append((event.t, cause))
            return number
        elif event.kind in ("send", "error"):
            return self._ascribed(key, str(details.get("event", {}).get("text", "")))
        return None

    def _receive(self, key: Key, event: dict[str, Any]) -> None:
        if key in self._workers:
            self._cause[key] = self._take(key, event)
        elif event.get("type") == "websocket.receive":
            self._cause[key] = self._own[key] = (key, self._taken[key])
            self._taken[key] += 1
            self._has_put.discard(key)
        else:
            self._cause[key] = None
            self._own.pop(key, None)

    def _take(self, key: Key, message: Any) -> Origin | None:
        """The origin of a message from the layer. Like ones come in the order in which they were put."""
        same = alike(message)
        puts, at = self._puts[same], self._next[key, same]
        while key not in self._workers and at < len(puts) and puts[at][0] < self._opened.get(key, 0):
            at += 1
        self._next[key, same] = at + 1
        return puts[at][1] if at < len(puts) else None

    def _ascribed(self, key: Key, text: str) -> int | None:
        cause = self._cause.get(key)
        if cause and cause[0] == key:
            return cause[1]
        # Another's message may come in while the client's own is being handled. What goes out next is still of that,
        # unless it says what the other says, or the own one went over the layer, from where it comes back.
        own = self._own.get(key)
        return own[1] if own and key not in self._has_put and not _tells(text, self._told.get(key)) else None


def _tells(text: str, message: Any) -> bool:
    """Whether a text holds some text of a message from the layer, as it is or as JSON."""
    values = [value for name, value in message.items() if name != "type"] if isinstance(message, dict) else []
    words = [value for value in values if isinstance(value, str) and value]
    return any(word in text or json.dumps(word)[1:-1] in text for word in words)
