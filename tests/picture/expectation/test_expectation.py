"""What is expected, as it is written: the notation, and which texts are meant."""

import pytest

import channels_lab
from channels_lab.errors import LabError
from channels_lab.picture.expectation.expectation import Line, expect


def test_lines() -> None:
    """Each line is a step; blank lines and comments are skipped, and the order is kept."""
    expected = expect("""
        # Alice greets Bob.
        alice -> server: hello, Bob

        server -> bob: hello, Bob
        eve: nothing
    """)
    assert expected.lines == [
        Line("alice", "server", "hello, Bob"),
        Line("server", "bob", "hello, Bob"),
        Line("server", "eve", nothing=True),
    ]
    assert str(expected) == "alice -> server: hello, Bob\nserver -> bob: hello, Bob\neve: nothing"
    assert expect(str(expected)) == expected


@pytest.mark.parametrize("arrow", ["->", "→", "-->", "->>", "-->>", "=>", "──▶"])
@pytest.mark.parametrize("space", ["", " "])
def test_arrows(arrow: str, space: str) -> None:
    """An arrow may be typed, be one of Mermaid's, or be that of a printed diagram, with spaces or without."""
    assert expect(f"alice{space}{arrow}{space}server: hi").lines == [Line("alice", "server", "hi")]


@pytest.mark.parametrize(
    ("row", "line"),
    [
        ("alice -> server", Line("alice", "server")),
        ("alice -> server:", Line("alice", "server")),
        ("alice -> server: …", Line("alice", "server")),
        ("alice -> server: ...", Line("alice", "server")),
        ("alice -> server: *", Line("alice", "server")),
        ("alice->server:see: a -> b", Line("alice", "server", "see: a -> b")),
        ("alice's consumer -> layer : group_send", Line("alice's consumer", "layer", "group_send")),
        ("앨리스 → server： 안녕", Line("앨리스", "server", "안녕")),
        ("bob: NOTHING.", Line("server", "bob", nothing=True)),
        (
            "✓      11 ms  alice            ──▶ alice's consumer  connect /ws/",
            Line("alice", "alice's consumer", "connect /ws/"),
        ),
        (
            "≈   3 ms  alice's consumer ┄┄▶ channel layer     group_send a: x",
            Line("alice's consumer", "channel layer", "group_send a: x"),
        ),
        ("✗             bob's consumer   ──✗ bob               hi", Line("bob's consumer", "bob", "hi")),
    ],
)
def test_a_line(row: str, line: Line) -> None:
    """The text is what stands after the first colon, or none for anything; a line of a printed diagram is one, too."""
    assert expect(row).lines == [line]


@pytest.mark.parametrize(
    "row", ["alice says hi", "alice: hi", "-> server: hi", "alice ->", "nothing", "alice: nothings"]
)
def test_a_line_that_cannot_be_read(row: str) -> None:
    """A line that cannot be read is named, by its number too, and the right form is shown."""
    with pytest.raises(LabError) as caught:
        expect(f"# first\n{row}")
    assert "Line 2" in caught.value.message and row in caught.value.message
    assert "alice -> server: hello" in caught.value.fix and "bob: nothing" in caught.value.fix


def test_bounds() -> None:
    """More than a hundred lines, or a line of more than 300 characters, are refused; hostile ones are shown tamely."""
    assert len(expect("a -> b\n" * 100).lines) == 100
    with pytest.raises(LabError, match="101 steps"):
        expect("a -> b\n" * 101)
    assert expect("a -> b: " + "x" * 292)
    with pytest.raises(LabError, match=r"Line 1 .* 301 characters"):
        expect("a -> b: " + "x" * 293)
    with pytest.raises(LabError) as caught:
        expect("\x1b[2J\u202e" + "x" * 200)
    assert "\x1b" not in str(caught.value) and "\u202e" not in str(caught.value) and len(caught.value.message) < 150


def test_nothing_is_read_slowly() -> None:
    """Lines made of nothing but arrows, spaces and colons are read as quickly as others."""
    for row in ("- > " * 75, "->" * 150, "a  " * 100, ": " * 150, "-" * 300, "a->" + " :" * 140 + "\u202e"):
        try:
            expect(row.strip())
        except LabError as error:
            assert "cannot be read" in error.message


@pytest.mark.parametrize(
    ("what", "text"),
    [
        ("", "anything"),
        ("hi", "hi"),
        ("hello, Bob", "alice: hello, Bob!"),
        ("connect", "connect /ws/chat/lobby/"),
        ("HTTP 403", "close before accept: HTTP 403"),
        ("group_send lobby", 'group_send lobby: chat.message {"text": "hi"}'),
        ("hi", '{"message": "hi", "by": "alice"}'),
        ("hi there", r'{"messages": [{"text": "hi there"}]}'),
        ('say "hi"', r'{"message": "say \"hi\""}'),
        ("안녕", r'{"message": "\uc548\ub155"}'),
        ("안녕", r'chat.message {"message": "\uc548\ub155"}'),
        ('{"message":"hi"}', '{"message": "hi", "by": "alice"}'),
        ('{"a": {"b": 1}}', '{"a": {"b": 1, "c": 2}}'),
        ("[1,2]", "[1, 2]"),
        ("5", '{"n": 5}'),
        ('"hi"', "hi"),
        ("`hi`", '{"message": "hi"}'),
        ("(a+", "is (a+ here"),
        ("close", "closed with 1011"),
        ("close (4401)", "close (4401)"),
        ("closed 1011", "closed with 1011"),
        ("close 1011", "close (1011)"),
    ],
)
def test_a_text_that_is_meant(what: str, text: str) -> None:
    """A text is meant by itself, a word or phrase of it, a value in its JSON, or an object that is part of it."""
    assert Line("a", "b", what).says(text)


@pytest.mark.parametrize(
    ("what", "text"),
    [
        ("hi", "high"),
        ("hi", "Hi"),
        ("hi", ""),
        ("message", '{"mess": "age"}'),
        ("connect", "disconnect (1000)"),
        ("accept", "close before accept: HTTP 403"),
        ("close 1000", "closed with 1011"),
        ('{"message": "hi"}', '{"message": "ho"}'),
        ('{"message": "hi"}', "hi"),
        ('{"n": 1}', '{"n": true}'),
        ("[1]", '{"a": [1, 2]}'),
        ("안녕", "안녕하세요"),
        (".*", "anything"),
    ],
)
def test_a_text_that_is_not_meant(what: str, text: str) -> None:
    """A part of a word, another case, another value or a pattern mean no text."""
    assert not Line("a", "b", what).says(text)


def test_deep_json() -> None:
    """JSON that is nested without end is a text like any other."""
    assert not Line("a", "b", "hi").says("[" * 100_000)
    assert not Line("a", "b", "hi").says('{"a":' * 900 + "1" + "}" * 900)


def test_the_name_in_a_notebook() -> None:
    """A notebook finds it as channels_lab.expect."""
    assert channels_lab.expect is expect
