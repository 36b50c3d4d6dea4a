"""Excerpts: any value, error or traceback, made short enough for a record, and writable as JSON."""

import itertools
import os
import traceback
from collections.abc import Iterable
from typing import Any

__all__ = ["MOST_CHARACTERS", "at_home", "error_details", "event_excerpt", "excerpt", "own_frames", "word"]

MOST_CHARACTERS = 400
_MOST_ITEMS = 40
_MOST_LEVELS = 6
_MOST_FRAMES = 12

_PROJECT = os.path.realpath(".")


def event_excerpt(event: dict[str, Any]) -> dict[str, Any]:
    """An ASGI event with long texts cut, bytes counted, and headers left out."""
    return {
        key if type(key) is str and len(key) <= MOST_CHARACTERS else word(key): value
        if type(value) is str and len(value) <= MOST_CHARACTERS
        else excerpt(value)
        for key, value in event.items()
        if key != "headers" and value is not None
    }


def excerpt(value: Any, level: int = 1) -> Any:
    """The value as JSON can hold it, whatever the project has put into a message, and no larger than it need be."""
    if value is None or isinstance(value, (bool, float)):
        return value
    if isinstance(value, bytes):
        return {"bytes": len(value), "start": value[:MOST_CHARACTERS].decode("utf-8", "replace")}
    if isinstance(value, dict) and level < _MOST_LEVELS:
        return {word(key): excerpt(value[key], level + 1) for key in itertools.islice(value, _MOST_ITEMS)}
    if isinstance(value, (list, tuple)) and level < _MOST_LEVELS:
        return [excerpt(item, level + 1) for item in value[:_MOST_ITEMS]]
    if isinstance(value, int) and -(2**63) <= value < 2**63:
        return value
    return word(value)


def word(value: Any) -> str:
    """Any object as a short text; its own `__str__` may fail."""
    try:
        text = value if isinstance(value, str) else str(value)
    except Exception:
        text = f"<{type(value).__name__}>"
    return text if len(text) <= MOST_CHARACTERS else text[:MOST_CHARACTERS] + "…"


def error_details(error: BaseException) -> dict[str, Any]:
    """What a record says of an exception: `error` ("ValueError: …"), the project's own `frames`, its `cause`."""
    cause = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    frames = own_frames(traceback.walk_tb(error.__traceback__))
    if cause is not None and not frames:
        frames = own_frames(traceback.walk_tb(cause.__traceback__))  # a library caught the learner's error
    details: dict[str, Any] = {"error": _named(error), "frames": frames}
    if cause is not None:
        details["cause"] = _named(cause)
    return details


def own_frames(walk: Iterable[tuple[Any, int]]) -> list[tuple[str, int, str]]:
    """The project's own (file, line, function) among some frames, outermost first; files relative to the project."""
    found = []
    for frame, line in walk:
        file = frame.f_code.co_filename
        if not file.endswith(".py"):
            continue  # compiled, or frozen, it would pass for a file in the working folder
        if not file.startswith("/") or os.path.realpath(file).startswith(_PROJECT + os.sep):
            file = os.path.relpath(os.path.realpath(file), _PROJECT)
            if ".venv" not in file and "site-packages" not in file:
                found.append((file, line, frame.f_code.co_name))
    return found[-_MOST_FRAMES:]


def at_home(folder: str) -> None:
    """Say which folder is the project's; by default the one where this module was imported."""
    global _PROJECT
    _PROJECT = os.path.realpath(folder)


def _named(error: BaseException) -> str:
    return f"{type(error).__name__}: {word(error)}"
