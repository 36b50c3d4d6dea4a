"""Phrases: what a picture says of an event, in a few words."""

import json
import re
from typing import Any

from channels_lab.picture.octets.printable import counted
from channels_lab.record.events import Event

__all__ = [
    "body_phrase",
    "call_phrase",
    "end_phrase",
    "message_phrase",
    "name_phrase",
    "payload_phrase",
    "place_phrase",
    "target_phrase",
]

_DIGEST = re.compile(r"(?<![0-9a-zA-Z])([0-9a-f]{8})[0-9a-f]{16,}(?![0-9a-zA-Z])")


def payload_phrase(event: dict[str, Any]) -> str:
    """What a WebSocket message holds: its text, or how many bytes."""
    if isinstance(event.get("text"), str):
        return event["text"] or "(empty text)"
    data = event.get("bytes")
    return counted(data["bytes"]) if isinstance(data, dict) else "(nothing)"


def body_phrase(event: dict[str, Any]) -> str:
    """What a piece of a streamed response holds; "" for an empty one."""
    body = event.get("body")
    if not isinstance(body, dict) or not body["bytes"]:
        return ""
    start = " ".join(body["start"].split())
    return start if start.isprintable() and start else counted(body["bytes"])


def message_phrase(message: Any) -> str:
    """What an event on a channel layer says: its type, and the rest."""
    if not isinstance(message, dict):
        return str(message)
    rest = {key: value for key, value in message.items() if key != "type"}
    return (
        f"{message.get('type', 'no type')} {json.dumps(rest, ensure_ascii=False, default=str) if rest else ''}".strip()
    )


def call_phrase(details: dict[str, Any]) -> str:
    """A call that puts an event on a channel layer."""
    return f"{details['call']} {name_phrase(details['to'])}: {message_phrase(details['message'])}"


def name_phrase(name: Any) -> str:
    """A group or channel as it is called, but of a digest (64 characters, say) only its beginning."""
    return _DIGEST.sub(r"\1…", str(name))


def place_phrase(frames: list[tuple[str, int, str]] | None) -> str:
    """Where in the project: the innermost of its frames; "" for none."""
    return f" ({frames[-1][0]}, line {frames[-1][1]})" if frames else ""


def target_phrase(details: dict[str, Any]) -> str:
    """What a connection asks for when it opens: the path, and the query string, where there is one."""
    return f"{details['path']}?{details['query']}" if details.get("query") else str(details["path"])


def end_phrase(event: Event) -> str:
    """What happened to a process."""
    if event.kind == "start":
        return f"$ {event.details['command']}"
    if event.kind == "ready":
        return "ready"
    code = event.details["code"]
    how = f"by signal {-code}" if code < 0 else f"with status {code}"
    return "stopped" if event.details["asked"] else f"ended {how}"
