"""Exchanges: what clients and applications say to each other on their connections, in words."""

from typing import Any, NamedTuple

from channels_lab.picture.story.phrases import body_phrase, payload_phrase, target_phrase
from channels_lab.record.events import Event

__all__ = ["NORMAL_ENDS", "Exchanges", "Said"]

NORMAL_ENDS = (1000, 1001, 1005)

Key = tuple[str, int]


class Said(NamedTuple):
    """One thing that was said, by the client or to it, and whether it tells of a failure."""

    by_client: bool
    text: str
    failed: bool = False


class Exchanges:
    """Follows the connections of a record, event by event.

    `answered` are those that were accepted, or that have got a status; `refused` those that were closed before.
    """

    def __init__(self) -> None:
        self.answered: set[Key] = set()
        self.refused: set[Key] = set()
        self._chunked: set[Key] = set()
        self._whole: set[Key] = set()  # responses that have come to their end
        self._path: dict[Key, str] = {}

    def opened(self, event: Event) -> Said:
        """What the opening of a connection says."""
        what = event.details["method"] if event.details["type"] == "http" else "connect"
        self._path[event.key] = event.details["path"]
        return Said(True, f"{what} {target_phrase(event.details)}")

    def received(self, event: Event) -> Said | None:
        """What an event that the application received says; None for what need not be told."""
        what = event.details["event"]
        kind = what.get("type")
        if kind == "websocket.receive":
            return Said(True, payload_phrase(what))
        if kind == "websocket.disconnect":
            return Said(True, f"disconnect ({what.get('code')})", what.get("code") not in NORMAL_ENDS)
        if kind == "http.disconnect" and event.key not in self._whole:
            # Of a stream that is told piece by piece, a client has had what it wanted.
            return Said(True, "went away", event.key not in self._chunked)
        return None

    def sent(self, event: Event) -> Said | None:
        """What an event that the application sent says; None for what need not be told."""
        what, key = event.details["event"], event.key
        kind = what.get("type")
        if kind == "websocket.accept":
            self.answered.add(key)
            return Said(False, "accept")
        if kind == "websocket.send":
            return Said(False, payload_phrase(what))
        if kind == "websocket.close" and key in self.answered:
            return Said(False, f"close ({what.get('code', 1000)})")
        if kind == "websocket.close":
            self.refused.add(key)
            return Said(False, "close before accept: HTTP 403", True)
        if kind == "http.response.start":
            self.answered.add(key)
            status = what.get("status")
            return Said(False, f"{status} {self._path.get(key, '')}", not _is_good(status))
        return self._body(key, what) if kind == "http.response.body" else None

    def _body(self, key: Key, what: dict[str, Any]) -> Said | None:
        if what.get("more_body"):
            self._chunked.add(key)
        else:
            self._whole.add(key)
        text = body_phrase(what) if key in self._chunked else ""
        return Said(False, text) if text else None


def _is_good(status: Any) -> bool:
    return isinstance(status, int) and status < 400
