"""What may be said to the board: a frame becomes checked values, or is refused by a code and a sentence."""

import json
import math
import re
import unicodedata
from collections.abc import Callable
from typing import Any

__all__ = [
    "MOST_IN_A_FRAME",
    "MOST_IN_A_NAME",
    "MOST_REPORTS",
    "MOST_WORDS",
    "Refused",
    "read_board",
    "read_join",
    "read_name",
    "read_object",
    "read_reports",
]

MOST_IN_A_FRAME = 16_384  # characters
MOST_IN_A_NAME, MOST_WORDS, MOST_REPORTS = 40, 200, 20
LARGEST_ID = 2**53
_OUTCOMES = ("passed", "not yet")
_CHAPTER, _TASK, _MISTAKE = r"\d\d", r"\d\d\.\d{1,2}", r"[A-Za-z0-9_-]{1,60}"


class Refused(Exception):
    """Something that is not done; `answer` tells its sender why."""

    def __init__(self, code: str, detail: str, **about: Any) -> None:
        super().__init__(detail)
        self.answer = {"error": code, "detail": detail, **about}


def read_object(text: str | None) -> dict[str, Any]:
    """A frame as the JSON object that it is."""
    if text is None:
        raise Refused("BAD_FRAME", "Send text frames; these are bytes.")
    if len(text) > MOST_IN_A_FRAME:
        raise Refused("BAD_FRAME", f"A frame has {MOST_IN_A_FRAME} characters at most.")
    try:
        content = json.loads(text, parse_constant=int)  # NaN is no JSON, and no int: a ValueError
    except (ValueError, RecursionError):
        raise Refused("BAD_FRAME", "That is not JSON.") from None
    if not isinstance(content, dict):
        raise Refused("BAD_FRAME", "Send a JSON object.")
    return content


def read_join(content: dict[str, Any]) -> dict[str, str]:
    """Who comes in: the room's code, a name, the seat's secret, and which kernel it is."""
    return {
        "code": _text(content, "join", 40),
        "name": read_name(content.get("name")),
        "secret": _match(content, "secret", r"[\w-]{20,100}"),
        "sender": _match(content, "sender", r"[\w-]{4,64}"),
    }


def read_name(value: object) -> str:
    """A name as it is shown: one line, without signs that steer; whatever is visible may stand in it."""
    if not isinstance(value, str) or not (name := " ".join(_visible(value[:400]).split())):
        raise Refused("BAD_NAME", "A name is a text, and not an empty one.")
    if len(name) > MOST_IN_A_NAME:
        raise Refused("BAD_NAME", f"A name has {MOST_IN_A_NAME} characters at most.")
    return name


def read_reports(content: dict[str, Any]) -> list[dict[str, Any]]:
    """A list of reports, in order: each with its `id`, how many seconds `ago` it was, and one thing that happened."""
    reports = content.get("reports")
    if not isinstance(reports, list) or not 0 < len(reports) <= MOST_REPORTS:
        raise Refused("BAD_VALUE", f"reports is a list of 1 to {MOST_REPORTS}.")
    return [_report(report) for report in reports]


def read_board(content: dict[str, Any]) -> dict[str, Any]:
    """What a board says: how far it is (`have`), or a leader's command."""
    if "have" in content:
        epoch = content.get("epoch")
        return {"have": _number(content, "have", LARGEST_ID), "epoch": epoch if isinstance(epoch, str) else ""}
    command = content.get("command")
    if not isinstance(command, str) or command not in _COMMANDS:
        raise Refused("UNKNOWN_COMMAND", f"There are {', '.join(_COMMANDS)}.")
    return {"command": command} | {key: read(content, key) for key, read in _COMMANDS[command].items()}


# Details


def _report(report: object) -> dict[str, Any]:
    if not isinstance(report, dict):
        raise Refused("BAD_VALUE", "A report is a JSON object.")
    ago = report.get("ago", 0)
    if isinstance(ago, bool) or not isinstance(ago, int | float) or not (ago >= 0 and math.isfinite(ago)):
        raise Refused("BAD_VALUE", "ago is a number of seconds.")
    found = {"id": _number(report, "id", LARGEST_ID), "ago": ago}
    if "outcome" in report:
        if report["outcome"] not in _OUTCOMES:
            raise Refused("BAD_VALUE", f"outcome is one of {', '.join(_OUTCOMES)}.")
        mistake = _match(report, "mistake", _MISTAKE) if report.get("mistake", "") != "" else ""
        return found | {"task": _match(report, "task", _TASK), "outcome": report["outcome"], "mistake": mistake}
    if "hand" in report:
        words = report.get("words", "")
        if type(report["hand"]) is not bool or not isinstance(words, str):
            raise Refused("BAD_VALUE", "hand is true or false, and words is a text.")
        return found | {"hand": report["hand"], "words": " ".join(_visible(words).split())[:MOST_WORDS]}
    task = _match(report, "task", _TASK) if report.get("task", "") != "" else ""
    return found | {"chapter": _match(report, "chapter", _CHAPTER), "task": task}


def _text(content: dict[str, Any], key: str, most: int) -> str:
    value = content.get(key)
    if not isinstance(value, str) or not 0 < len(value) <= most:
        raise Refused("BAD_VALUE", f"{key} is a text of 1 to {most} characters.")
    return value


def _match(content: dict[str, Any], key: str, pattern: str) -> str:
    value = content.get(key)
    if not isinstance(value, str) or not re.fullmatch(pattern, value, re.ASCII):
        raise Refused("BAD_VALUE", f"{key} does not look like one.")
    return value


def _number(content: dict[str, Any], key: str, most: int) -> int:
    value = content.get(key)
    if type(value) is not int or not 0 <= value <= most:
        raise Refused("BAD_VALUE", f"{key} is a whole number.")
    return value


def _visible(text: str) -> str:
    """The text without control signs, and without those that turn the writing direction (half a character, too)."""
    composed = unicodedata.normalize("NFC", text)
    return "".join(sign for sign in composed if sign.isprintable() or sign == "\u200d")


def _chapter(content: dict[str, Any], key: str) -> str:
    return _match(content, key, _CHAPTER) if content.get(key) != "" else ""


_Read = Callable[[dict[str, Any], str], Any]
_COMMANDS: dict[str, dict[str, _Read]] = {
    "timer": {"seconds": lambda content, key: _number(content, key, 24 * 3600)},
    "goto": {"chapter": _chapter},
    "lower": {"seat": lambda content, key: _number(content, key, LARGEST_ID)},
    "send_out": {"seat": lambda content, key: _number(content, key, LARGEST_ID)},
    "door": {"open": lambda content, key: bool(_number(content, key, 1))},
}
