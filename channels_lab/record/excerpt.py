"""Excerpts: any value, error or traceback, made short enough for a record, and writable as JSON.

A message may hold anything. What has a class of its own is named and not asked: no line of the project runs because it
is recorded.
"""

import datetime
import decimal
import itertools
import os
import traceback
import types
import uuid
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Any

from channels_lab.record.masking import masked

__all__ = ["MOST_CHARACTERS", "at_home", "error_details", "event_excerpt", "excerpt", "own_file", "own_frames", "word"]

MOST_CHARACTERS = 400
_MOST_ITEMS = 40
_MOST_VALUES = 200
_MOST_LEVELS = 6
_MOST_FRAMES = 12
# What an excerpt reads, by methods of these types: a class that is made from one of them may override its own.
_READABLE = (str, float, int, bytes, bytearray, dict, list, tuple, set, frozenset)
# What may be asked for its text: these, and nothing that is made from them.
_PLAIN = (
    *(int, complex, range, type, types.FunctionType, types.BuiltinFunctionType, decimal.Decimal, uuid.UUID),
    *(datetime.datetime, datetime.date, datetime.time, datetime.timedelta, datetime.timezone),
)

_project = os.path.realpath(".")


def event_excerpt(event: Any) -> dict[str, Any]:
    """An ASGI event with long texts cut, bytes counted, and headers left out; what is no event has the type ""."""
    try:
        told = ((key, value) for key, value in dict.items(event) if not _is_headers(key) and value is not None)
        return _Excerpt().items(told)
    except Exception:
        return {"type": "", "value": excerpt(event)}


def excerpt(value: Any) -> Any:
    """The value as JSON can hold it, whatever the project has put into a message, and no larger than it need be."""
    try:
        return _Excerpt().of(value)
    except Exception:
        return "<?>"  # another thread changed what was looked at


def word(value: Any) -> str:
    """Any object as a short text: its own, if it can give one."""
    try:
        text = masked(str.__str__(value if issubclass(type(value), str) else str(value)))
    except Exception:
        text = f"<{type(value).__name__}>"
    return text if len(text) <= MOST_CHARACTERS else text[:MOST_CHARACTERS] + "…"


def error_details(error: BaseException) -> dict[str, Any]:
    """What a record says of an exception: `error` ("ValueError: …"), the project's own `frames`, its `cause`."""
    cause = error.__cause__
    if cause is None and not error.__suppress_context__:
        cause = error.__context__
    frames = own_frames(traceback.walk_tb(error.__traceback__))
    if cause is not None and not frames:
        frames = own_frames(traceback.walk_tb(cause.__traceback__))  # a library caught the learner's error
    details: dict[str, Any] = {"error": _named(error), "frames": frames}
    if cause is not None:
        details["cause"] = _named(cause)
    return details


def own_frames(walk: Iterable[tuple[Any, int]]) -> list[tuple[str, int, str]]:
    """The project's own (file, line, function) among some frames, outermost first; files relative to the project."""
    frames = [(own_file(frame.f_code.co_filename), line, frame.f_code.co_name) for frame, line in walk]
    return [frame for frame in frames if frame[0]][-_MOST_FRAMES:]


@lru_cache(maxsize=1024)
def own_file(file: str) -> str:
    """The name of one of the project's own files, relative to the project; "" for a file of others."""
    if not file.endswith(".py"):
        return ""  # compiled, or frozen, it would pass for a file in the working folder
    path = os.path.realpath(file)
    own = os.path.relpath(path, _project) if path.startswith(_project + os.sep) else ""
    return "" if ".venv" in own or "site-packages" in own else own


def at_home(folder: str) -> None:
    """Say which folder is the project's; by default the one where this module was imported."""
    global _project
    _project = os.path.realpath(folder)
    own_file.cache_clear()


class _Excerpt:
    """One excerpt: a list of lists may stand for more than a memory holds, so what is left to take is counted."""

    def __init__(self) -> None:
        self.left = _MOST_VALUES

    def of(self, value: Any, level: int = 1) -> Any:
        self.left -= 1
        kind = type(value)
        if value is None or kind is bool:
            return value
        base = kind if kind in _READABLE else next((base for base in _READABLE if issubclass(kind, base)), None)
        if base is str:
            return word(value)
        if base is float:
            return float.__float__(value)
        if base is int and -(2**63) <= (number := int.__int__(value)) < 2**63:
            return number
        if base in (bytes, bytearray):
            start = bytes(base.__getitem__(value, slice(MOST_CHARACTERS)))
            return {"bytes": base.__len__(value), "start": start.decode("utf-8", "replace")}
        if base is dict and level < _MOST_LEVELS:
            return self.items(dict.items(value), level)
        if base in (list, tuple, set, frozenset) and level < _MOST_LEVELS:
            return [self.of(item, level + 1) for item in self._few(base.__iter__(value))]
        return word(value) if kind in _PLAIN else f"<{kind.__name__}>"

    def items(self, items: Iterable[tuple[Any, Any]], level: int = 1) -> dict[str, Any]:
        return {str(self.of(key, _MOST_LEVELS)): self.of(item, level + 1) for key, item in self._few(items)}

    def _few(self, items: Iterable[Any]) -> Iterator[Any]:
        return itertools.takewhile(lambda _: self.left > 0, itertools.islice(items, _MOST_ITEMS))


def _is_headers(key: Any) -> bool:
    return type(key) is str and key == "headers"


def _named(error: BaseException) -> str:
    return f"{type(error).__name__}: {word(error)}"
