"""What a behaviour did not find: the error that its waits raise, and the words for what came instead."""

import json
from typing import Any

from channels_lab.errors import LabError
from channels_lab.picture.story.diagram import one_line
from channels_lab.record.masking import masked

__all__ = ["Unmet", "difference", "quoted"]

_ANY = "\N{HORIZONTAL ELLIPSIS} any"
_MOST = 160
_MOST_KEYS = 3


class Unmet(LabError, AssertionError):
    """The answer does something else than it should; the message says what was expected and what came.

    `came` is who got which message instead, where that is known.
    """

    def __init__(self, message: str, fix: str = "", details: str = "", came: tuple[str, str] | None = None) -> None:
        super().__init__(message, fix, details)
        self.came = came


def quoted(value: Any) -> str:
    """A value as code: a text as it is, bytes in hexadecimal, anything else as JSON; bounded, in one line."""
    if isinstance(value, bytes):
        text = f"{len(value)} bytes: {value[:20].hex(' ')}{'…' if len(value) > 20 else ''}"
    else:
        text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=_any)
        text = text.replace(f'"{_ANY}"', "…")
    return f"`{one_line(masked(text).replace('`', '′'), _MOST) or ' '}`"


def difference(found: Any, wanted: Any, *, extra: bool = False) -> str:
    """How a JSON value differs from the wanted one, as a clause; "" where it does not.

    In what is wanted a type stands for any value of it (`{"at": float}`). With `extra` an object may have more keys.
    """
    if isinstance(wanted, type):
        fits = isinstance(found, wanted) and (wanted is bool or not isinstance(found, bool))
        return "" if fits else f"it is {quoted(found)}, no {_KINDS.get(wanted, wanted.__name__)}"
    if isinstance(wanted, dict) and isinstance(found, dict):
        return _in_object(found, wanted, extra)
    if isinstance(wanted, list) and isinstance(found, list):
        if len(wanted) != len(found):
            return f"it has {len(found)} elements, not {len(wanted)}"
        told = (difference(one, other, extra=extra) for one, other in zip(found, wanted, strict=True))
        return next((f"in its element {number}, {said}" for number, said in enumerate(told, start=1) if said), "")
    same = found == wanted and isinstance(found, bool) == isinstance(wanted, bool)
    if same:
        return ""
    if quoted(found) == quoted(wanted):  # a text that looks like a number
        found, wanted = json.dumps(found, ensure_ascii=False), json.dumps(wanted, ensure_ascii=False)
    return f"it is {quoted(found)}, not {quoted(wanted)}"


def _in_object(found: dict[str, Any], wanted: dict[str, Any], extra: bool) -> str:
    if missing := [key for key in wanted if key not in found]:
        return f"{_keys(missing)} {'is' if len(missing) == 1 else 'are'} missing"
    for key in wanted:
        if said := difference(found[key], wanted[key], extra=extra):
            return f"in {quoted(key)} {said}"
    more = [] if extra else [key for key in found if key not in wanted]
    return f"{_keys(more)} {'is' if len(more) == 1 else 'are'} too much" if more else ""


def _keys(keys: list[str]) -> str:
    told = ", ".join(map(quoted, keys[:_MOST_KEYS]))
    return f"{told} and more" if len(keys) > _MOST_KEYS else told


_KINDS = {
    str: "text",
    int: "whole number",
    float: "number with a point",
    bool: "true or false",
    dict: "object",
    list: "list",
}


def _any(value: Any) -> str:
    """What stands for a type."""
    return _ANY if isinstance(value, type) else str(value)
