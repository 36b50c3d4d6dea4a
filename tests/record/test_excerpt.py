"""Excerpts of anything, errors and frames, and their JSON."""

import enum
import json
import math
import traceback
from collections import namedtuple
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from channels_lab.record.encoding import event_json, message_json, word_json
from channels_lab.record.excerpt import MOST_CHARACTERS, at_home, error_details, excerpt, own_file, own_frames, word


def refuse(*_: Any, **__: Any) -> Any:
    """A method that must not be called."""
    raise AssertionError("the project's own code ran")


METHODS = "str repr eq hash len iter getitem bool lt le ge int index float contains".split()  # noqa: SIM905
HOSTILE = {f"__{name}__": refuse for name in METHODS} | {"items": refuse, "get": refuse, "keys": refuse}


def hostile(*bases: type) -> Any:
    """A class whose methods must not be called, not even to be told from others."""
    return type("Hostile", bases, HOSTILE | {"__class__": property(refuse)})


Key = type("Key", (), {"__hash__": lambda _: 1, "__eq__": refuse, "__str__": refuse})
Pair = namedtuple("Pair", "a b")
Colour = enum.IntEnum("Colour", "RED")

CASES = {
    "object": (hostile()(), "<Hostile>"),
    "text": (hostile(str)("text"), "text"),
    "number": (hostile(int)(4), 4),
    "fraction": (hostile(float)(0.5), 0.5),
    "bytes": (hostile(bytes)(b"ab"), {"bytes": 2, "start": "ab"}),
    "bytearray": (bytearray(b"ab"), {"bytes": 2, "start": "ab"}),
    "mapping": (hostile(dict)(a=hostile()()), {"a": "<Hostile>"}),
    "row": (hostile(list)([1, hostile()()]), [1, "<Hostile>"]),
    "keys": ({Key(): 1, ("a", "b"): 2, 3: None}, {"<Key>": 1, "<tuple>": 2, "3": None}),
    "pair": (Pair(1, 2), [1, 2]),
    "enum": (Colour(1), 1),
    "set": ({7}, [7]),
    "date": (date(2026, 1, 2), "2026-01-02"),
    "decimal": (Decimal("1.10"), "1.10"),
    "large": (10**20, "100000000000000000000"),
    "too large": (10**5000, "<int>"),
    "surrogate": ("\ud800", "\ud800"),
    "truth": ([True, None, 1], [True, None, 1]),
}


@pytest.mark.parametrize("name", CASES)
def test_no_line_of_the_project_runs(name: str) -> None:
    """A value is read by what it is made from, or named by its class, and never asked; its JSON says the same."""
    value, seen = CASES[name]
    assert json.dumps(excerpt(value)) == json.dumps(seen)
    assert json.loads(message_json({"type": "a", "value": value})) == {"type": "a", "value": seen}
    assert json.loads(event_json({"type": "a", "value": value})) == {"type": "a"} | (
        {"value": seen} if seen is not None else {}
    )


def test_what_is_no_event() -> None:
    """What an application sends in place of an event becomes one without a type, or stays empty."""
    for event in (None, "text", 5, ["type"], hostile()(), object(), {}):
        assert json.loads(event_json(event)).get("type", "") == ""


def test_it_is_bounded() -> None:
    """Long texts, many items and deep or repeated nesting are cut, before they are written out."""
    laughs: Any = "ha" * 1000
    for _ in range(30):
        laughs = [laughs] * 40
    endless: dict[str, Any] = {"type": "a"}
    endless["again"] = endless
    deep: Any = "x"
    for _ in range(5000):
        deep = [deep]
    for value in (laughs, endless, deep, "x" * 10**6, [*range(10**6)], dict.fromkeys(range(10**5)), {"k" * 10**6: 1}):
        assert len(message_json(value)) < 200 * (MOST_CHARACTERS + 10)
        assert len(event_json(value)) < 200 * (MOST_CHARACTERS + 10)
    assert excerpt("x" * 5000) == "x" * MOST_CHARACTERS + "…"


def test_equal_is_not_the_same() -> None:
    """1, 1.0 and True, and a list that has changed meanwhile, are each told as they are."""
    texts = [message_json({"type": "a", "n": value}) for value in (1, 1.0, True, "1", 1)]
    assert texts == [f'{{"type": "a", "n": {value}}}' for value in ("1", "1.0", "true", '"1"', "1")]
    numbers = [1]
    assert message_json(numbers) == "[1]"
    numbers.append(2)
    assert message_json(numbers) == "[1, 2]"


def test_texts_that_are_sent_again() -> None:
    """A text that is sent to many is told of each, and not taken for that of another kind of event."""
    for kind, text in (("websocket.send", "a"), ("websocket.send", "a"), ("other", "a"), ("websocket.send", "b")):
        assert json.loads(event_json({"type": kind, "text": text})) == {"type": kind, "text": text}


def test_more_messages_than_are_remembered() -> None:
    """However many messages there are, each is told."""
    for number in [*range(500), *range(500)]:
        assert json.loads(message_json({"n": number})) == {"n": number}
    assert math.isnan(json.loads(message_json(math.nan)))


def test_names() -> None:
    """Names of groups and channels are texts, of whatever they are."""
    assert json.loads(word_json('a"\n한글')) == 'a"\n한글'
    assert len(word_json("x" * 10_000)) < 500
    assert json.loads(word_json(None)) is None
    assert json.loads(word_json(hostile()())) == "<Hostile>"


def test_headers_and_absent_values_are_left_out() -> None:
    """An event is told without its headers and without what is None."""
    event = {"type": "websocket.accept", "headers": [(b"a", b"b")], "subprotocol": None}
    assert event_json(event) == '{"type": "websocket.accept"}'


# Errors


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Path]:
    """A folder that is the project's."""
    at_home(str(tmp_path))
    yield tmp_path
    at_home(".")


def run(file: Path, source: str) -> BaseException:
    """The error that a file of the project raises."""
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(source)
    with pytest.raises(BaseException) as caught:
        exec(compile(source, str(file), "exec"), {})
    return caught.value


def test_frames_are_the_projects_own(home: Path) -> None:
    """Of an error, the project's own lines are told, outermost first, with files relative to the project."""
    error = run(
        home / "chat" / "a.py", "import json\ndef inner():\n    json.loads('x')\ndef outer():\n    inner()\nouter()\n"
    )
    details = error_details(error)
    assert details["frames"] == [
        ("chat/a.py", 6, "<module>"),
        ("chat/a.py", 5, "outer"),
        ("chat/a.py", 3, "inner"),
    ]
    assert details["error"].startswith("JSONDecodeError: Expecting value") and "cause" not in details


def test_a_cause(home: Path) -> None:
    """A cause, or an error during whose handling another came, is named; `from None` hides it."""
    source = "try:\n    1 / 0\nexcept ArithmeticError as error:\n    raise KeyError('x')"
    assert error_details(run(home / "a.py", source))["cause"] == "ZeroDivisionError: division by zero"
    assert error_details(run(home / "a.py", source + " from error"))["cause"] == "ZeroDivisionError: division by zero"
    assert "cause" not in error_details(run(home / "a.py", source + " from None"))


def test_a_library_that_wraps_the_projects_error(home: Path) -> None:
    """Where only the cause has own frames, these are told."""
    cause = run(home / "a.py", "1 / 0")
    error = RuntimeError("wrapped")
    error.__cause__ = cause
    assert error_details(error)["frames"] == [("a.py", 1, "<module>")]


def test_a_deep_recursion(home: Path) -> None:
    """Of a thousand frames the innermost are told."""
    details = error_details(run(home / "a.py", "def again():\n    again()\nagain()"))
    assert details["error"].startswith("RecursionError") and len(details["frames"]) == 12
    assert {frame[1] for frame in details["frames"]} == {2}


def test_errors_that_cannot_tell_themselves() -> None:
    """An error whose text fails, or is none, is named by its class."""

    class Mute(Exception):
        def __str__(self) -> Any:
            return 5

        def __bool__(self) -> bool:
            raise RuntimeError

    error = ValueError(Mute())
    error.__cause__ = Mute()
    assert error_details(error) == {"error": "ValueError: <ValueError>", "frames": [], "cause": "Mute: <Mute>"}
    assert word(Text("x" * 500)) == "x" * MOST_CHARACTERS + "…"


Text = type("Text", (str,), {"__len__": refuse, "__getitem__": refuse, "__str__": refuse})


def test_what_is_not_the_projects(home: Path) -> None:
    """Installed, compiled, frozen and made-up files are not the project's; a link to the project is."""
    (home / "own.py").touch()
    (home / "link").symlink_to(home)
    own = {str(home / "own.py"): "own.py", str(home / "link" / "own.py"): "own.py"}
    strange = [f"{home}/.venv/lib/a.py", f"{home}/lib/site-packages/a.py", f"{home}x/a.py"]
    others = ["<string>", "<frozen runpy>", "/usr/lib/a.py", "a.pyx", "", *strange]
    assert {file: own_file(file) for file in own} == own
    assert [own_file(file) for file in others] == [""] * len(others)
    assert own_frames(traceback.walk_stack(None)) == []
