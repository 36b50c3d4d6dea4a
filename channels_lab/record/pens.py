"""Pens: what writes lines of one kind on one connection, quickly. A busy server does little else.

A text that goes to a whole group is encoded once: a pen looks first whether it is given what was given last.
"""

from collections.abc import Callable
from time import monotonic_ns
from typing import Any

from channels_lab.record.encoding import event_json, last, message_json
from channels_lab.record.sheet import Sheet

__all__ = ["event_pen", "message_pen"]


def event_pen[T](sheet: Sheet, start: str, then: Callable[[Any], T]) -> Callable[[Any], T]:
    """What writes ASGI events and hands them on to `then`; all its lines begin with `start`, after the time."""
    head = start.encode()

    def write(event: Any) -> T:
        kind, text, told = last.event
        try:
            known = (
                type(event) is dict
                and event["type"] is kind  # servers and libraries have it once
                and type(said := event["text"]) is str
                and said == text
                and len(event) == 2
            )
        except KeyError:
            known = False
        if not known:
            told = event_json(event).encode()
        line = b'{"t": %d%b%b}\n' % (monotonic_ns(), head, told)
        try:
            sheet.take(line)
        except (OSError, ValueError):
            sheet.write_further(line)
        return then(event)

    return write


def message_pen(sheet: Sheet, start: str) -> Callable[[Any], None]:
    """What writes messages of a channel layer; all its lines begin with `start`, after the time."""
    head = start.encode()

    def write(message: Any) -> None:
        kinds, known, told = last.message
        # 1 and True are equal, and not the same; what is compared runs no code of the project's: kinds are plain.
        if type(message) is not dict or [type(value) for value in message.values()] != kinds or message != known:
            told = message_json(message).encode()
        line = b'{"t": %d%b%b}\n' % (monotonic_ns(), head, told)
        try:
            sheet.take(line)
        except (OSError, ValueError):
            sheet.write_further(line)

    return write
