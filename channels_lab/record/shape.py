"""The shape of a record's lines: what whoever reads a record relies on, for its writer may have been anybody."""

from collections.abc import Callable
from typing import Any

__all__ = ["fits"]


def _is_client(value: Any) -> bool:
    return value is None or (
        isinstance(value, list) and len(value) == 2 and isinstance(value[0], str | None) and isinstance(value[1], int)
    )


def _is_frames(value: Any) -> bool:
    return isinstance(value, list) and all(
        isinstance(one, list) and len(one) == 3 and isinstance(one[0], str) and isinstance(one[1], int) for one in value
    )


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float)


def _is_event(value: Any) -> bool:
    return isinstance(value, dict)


# What must be there in a line of a kind, and what a detail of a name must be wherever it is.
_NEEDED = {
    "open": ("type", "path", "client"),
    "receive": ("event",),
    "send": ("event",),
    "layer": ("call", "to"),
    "turn": ("waited",),
}
_KINDS: dict[str, Callable[[Any], bool]] = {
    "client": _is_client,
    "frames": _is_frames,
    "event": _is_event,
    "seconds": _is_number,
    "waited": _is_number,
    **dict.fromkeys(
        ("type", "path", "query", "call", "error", "cause", "text", "logger", "coroutine", "file"), _is_text
    ),
}


def fits(kind: Any, connection: Any, details: dict[str, Any]) -> bool:
    """Whether a line has the details that its kind must have, each as the recorder writes it."""
    if not isinstance(kind, str) or not isinstance(connection, int):
        return False
    if any(name not in details for name in _NEEDED.get(kind, ())):
        return False
    return all(name not in _KINDS or _KINDS[name](value) for name, value in details.items())
