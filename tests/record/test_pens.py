"""Pens, which encode once what comes again: what only looks like it is told as what it is."""

import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from channels_lab.record.encoding import event_json, message_json
from channels_lab.record.pens import Apart, event_pen, message_pen
from channels_lab.record.sheet import Sheet

Told = Callable[[], list[Any]]


class Word(str):
    """A project's own text, which does not want to be compared."""

    def __eq__(self, other: object) -> bool:
        raise AssertionError("a line of the project ran")

    __hash__ = str.__hash__


@pytest.fixture
def sheet(tmp_path: Path) -> Iterator[Sheet]:
    """An empty sheet."""
    descriptor = os.open(tmp_path / "sheet", os.O_RDWR | os.O_CREAT)
    yield Sheet(descriptor, 100_000, lambda: b"full\n")
    os.close(descriptor)


@pytest.fixture
def told(tmp_path: Path) -> Told:
    """Gives what was written, without the times."""
    lines = (tmp_path / "sheet").read_bytes
    return lambda: [json.loads(line)["told"] for line in lines().replace(b"\0", b"").splitlines()]


def test_messages(sheet: Sheet, told: Told) -> None:
    """1, 1.0 and True, a text of another class, other keys, and what is no message, are each told as they are."""
    write = message_pen(sheet, ', "told": ', id, Apart())
    values = [1, 1, 1.0, True, "1", "1", Word("1"), None, 1]
    others: list[Any] = [{"type": "a"}, {"type": "a", "m": 1}, {"type": "a", "n": 1, "more": 1}, ["a", 1], {}, [], None]
    for message in [*({"type": "a", "n": value} for value in values), *others]:
        write(message)
    assert json.dumps(told()) == json.dumps([*({"type": "a", "n": value} for value in values), *others]).replace(
        json.dumps({"type": "a", "n": Word("1")}), '{"type": "a", "n": "1"}'
    )


def test_a_message_that_has_changed(sheet: Sheet, told: Told) -> None:
    """A message that is changed after it was told is told again as it is then, flat or not."""
    write = message_pen(sheet, ', "told": ', id, Apart())
    flat: dict[str, Any] = {"type": "a"}
    deep: dict[str, Any] = {"numbers": [1]}
    for message in (flat, deep):
        write(message)
    flat["more"] = "b"
    deep["numbers"].append(2)
    for message in (flat, deep):
        write(message)
    assert told() == [{"type": "a"}, {"numbers": [1]}, {"type": "a", "more": "b"}, {"numbers": [1, 2]}]


def test_events(sheet: Sheet, told: Told) -> None:
    """A text that is sent again is told again; not for another kind, class, key, or beside more; and handed on."""
    write = event_pen(sheet, ', "told": ', id)
    one, other = "websocket.send", "other"
    events: list[Any] = [
        *({"type": one, "text": "a"} for _ in range(3)),
        {"type": other, "text": "a"},
        {"type": one, "text": "a"},
        {"type": one, "text": "a", "more": 1},
        {"type": one, "text": "b"},
        {"type": one, "text": Word("b")},
        {"type": Word(one), "text": "b"},
        {"type": one, "bytes": b""},
        {"text": "b"},
        {"type": one},
    ]
    assert [write(event) for event in events] == [*map(id, events)]
    assert told() == [json.loads(event_json(event)) for event in events]
    write(None)
    assert told()[-1] == {"type": "", "value": None}


def test_a_long_text_is_cut_each_time(sheet: Sheet, told: Told) -> None:
    """A long text is cut, and its beginning is not taken for it."""
    say, tell = event_pen(sheet, ', "told": ', id), message_pen(sheet, ', "told": ', id, Apart())
    for text in ("x" * 5000, "x" * 5000, "x" * 400, "x" * 5000):
        say({"type": "websocket.send", "text": text})
        tell({"text": text})
    assert [len(line["text"]) for line in told()] == [401, 401, 401, 401, 400, 400, 401, 401]
    assert message_json({"k" * 5000: "a"}).count("k") == 400
