"""Pens: what writes lines of one kind on one connection, quickly. A busy server does little else.

A text that goes to a whole group is encoded once: a pen looks first whether it is given what was given last. What it
writes it hands on, so that no call stands between the two.
"""

from collections.abc import Callable
from time import monotonic_ns
from typing import Any

from channels_lab.record.encoding import event_json, last, message_json
from channels_lab.record.sheet import Sheet

__all__ = ["Apart", "event_pen", "message_pen"]


class Apart:
    """What a pen hands on and does not write, since others have written it: `given`, which changes."""

    given: Any = object()


def event_pen[T](sheet: Sheet, start: str, then: Callable[[Any], T]) -> Callable[[Any], T]:
    """What writes ASGI events and hands them on to `then`; all its lines begin with `start`, after the time."""
    head = start.encode()

    def write(event: Any) -> T:
        kind, text, told = last.event
        try:
            if (
                type(event) is not dict
                or event["type"] is not kind  # servers and libraries have it once
                or type(said := event["text"]) is not str
                or said != text
                or len(event) != 2
            ):
                told = event_json(event).encode()
        except KeyError:
            told = event_json(event).encode()
        line = b'{"t": %d%b%b}\n' % (monotonic_ns(), head, told)
        try:
            sheet.take(line)
        except (OSError, ValueError):
            sheet.write_further(line)
        return then(event)

    return write


def message_pen[T](sheet: Sheet, start: str, then: Callable[[Any], T], apart: Apart) -> Callable[[Any], T]:
    """What writes messages of a channel layer and hands them on to `then`; all its lines begin with `start`."""
    head = start.encode()

    def write(message: Any) -> T:
        if message is apart.given:
            return then(message)
        kinds, known, told = last.message
        # 1 and True are equal, and not the same; what is compared runs no code of the project's: kinds are plain.
        if type(message) is not dict or [type(value) for value in message.values()] != kinds or message != known:
            told = message_json(message).encode()
        line = b'{"t": %d%b%b}\n' % (monotonic_ns(), head, told)
        try:
            sheet.take(line)
        except (OSError, ValueError):
            sheet.write_further(line)
        return then(message)

    return write
