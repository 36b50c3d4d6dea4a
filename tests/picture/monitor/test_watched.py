"""What commands mean: lines as a server tells them, where a real layer's timing would decide."""

import msgpack
import pytest

from channels_lab.picture.monitor.layer_event import read_event
from channels_lab.picture.monitor.redis_command import Command
from channels_lab.picture.monitor.watched import Interpreter, Watched

NOW = 1_800_000_000
MESSAGE = b"\x01" * 12 + msgpack.packb({"type": "chat.message", "text": "hi", "__asgi_channel__": ["s.a!1", "s.a!2"]})
CLEAN = ("ZREMRANGEBYSCORE", "asgi:group:{}", 0, NOW - 86400)
ASK = ("ZRANGE", "asgi:group:{}", 0, -1)
SEND = ("EVAL", "…", 1, "asgis.a!", MESSAGE, 100, NOW, 60)


def watch(*commands: tuple, client: str = "127.0.0.1:5", prefix: str = "asgi") -> list[Watched]:
    """What an interpreter makes of these commands, a millisecond apart; "lua" as first word: run by a script."""
    interpreter = Interpreter(prefix)
    seen = []
    for number, words in enumerate(commands):
        who, words = ("lua", words[1:]) if words[0] == "lua" else (client, words)
        raw = tuple(word if isinstance(word, bytes) else str(word).encode() for word in words)
        seen.append(interpreter.read(Command(NOW + number / 1000, who, raw)))
    return seen


def about(template: tuple, group: str) -> tuple:
    """A command about a group."""
    return tuple(word.format(group) if isinstance(word, str) else word for word in template)


def test_a_script_that_sends_to_a_group_is_that_of_the_group_asked_before():
    """The script names no group; the only one that was asked for its members is meant."""
    seen = watch(about(CLEAN, "a"), about(ASK, "a"), SEND)
    assert seen[-1].meaning == 'group_send a: chat.message {"text": "hi"} to 2 channels in 1 process'
    assert [entry.call for entry in seen] == ["", "group_send", ""]


def test_a_group_is_not_guessed():
    """Where two groups were asked, or none, or long ago, the script's group is not said."""
    two = watch(*(about(what, group) for group in "ab" for what in (CLEAN, ASK)), SEND, SEND)
    assert all(entry.meaning.startswith("group_send (one of a, b): chat.message") for entry in two[-2:])
    assert watch(SEND)[-1].meaning.startswith("group_send: chat.message")
    late = watch(about(CLEAN, "a"), about(ASK, "a"), *[("PING",)] * 1000, SEND)
    assert late[-1].meaning.startswith("group_send: chat.message")


def test_somebody_who_looks_at_a_group_is_not_the_layer():
    """A ZRANGE of a group without the clean-up that group_send does before is a person's, and is not marked."""
    seen = watch(about(CLEAN, "a"), about(ASK, "a"), about(ASK, "a"))
    assert [entry.layer for entry in seen] == [True, True, False]
    assert seen[-1].meaning == "somebody looks at who is in a"


def test_a_message_that_finds_no_room_is_lost():
    """A script that asks for room and does not add has dropped the message; one that adds has not."""
    room, add = ("lua", "ZCOUNT", "asgis.a!", "-inf", "+inf"), ("lua", "ZADD", "asgis.a!", NOW, MESSAGE)
    seen = watch(SEND, room, add, SEND, room, ("PING",))
    assert [entry.lost for entry in seen] == [False, False, False, False, True, False]
    assert seen[4].meaning == "full: the message for s.a! is dropped"


def test_a_script_of_somebody_else_is_not_marked():
    """Commands of another script, or of one that was never seen, are part of a script and not of the layer."""
    seen = watch(("lua", "SET", "asgix", 1), ("EVAL", "…", 1, "other", "x"), ("lua", "SET", "other", 1))
    assert [entry.layer for entry in seen] == [False, False, False]
    assert seen[0].meaning == seen[2].meaning == "part of the script"
    assert seen[2].client == "127.0.0.1:5"


def test_a_transaction_is_the_layers_when_what_is_in_it_is():
    """MULTI and EXEC are marked around a command of the layer, and not around another."""
    clean = ("ZREMRANGEBYSCORE", "asgis.a!", 0, NOW - 60)
    assert [entry.layer for entry in watch(("MULTI",), clean, clean, ("EXEC",))] == [True] * 4
    assert [entry.layer for entry in watch(("MULTI",), ("INCR", "n"), ("EXEC",), clean)] == [False, False, False, True]


def test_another_prefix_marks_other_keys():
    """Only keys that begin with the layer's prefix are its own."""
    add = ("ZADD", "chat:group:a", NOW, "s.a!1")
    assert [entry.layer for entry in watch(add)] == [False]
    (seen,) = watch(add, prefix="chat")
    assert (seen.layer, seen.meaning) == (True, "group_add a: s.a!1 joins")


@pytest.mark.parametrize(
    "words",
    [
        ("SET", "asgi:group:a", 1),
        ("TTL", "asgi:group:a"),
        ("ZADD", "asgi", NOW, "x"),
        ("PUBLISH", "news", "hello"),
        ("SUBSCRIBE", "news"),
        ("ZADD",),
        ("EVAL",),
        ("EVAL", "…", "9" * 5000, "asgis.a!", "x"),
        ("EVALSHA", "…", 1, "asgis.a!"),
        ("EXEC",),
        ("",),
    ],
)
def test_what_the_layer_does_not_send_is_not_marked(words):
    """A command that no channel layer sends is not marked, whatever its key or the number of its words."""
    (seen,) = watch(words)
    assert (seen.layer, seen.call) == (False, "")


@pytest.mark.parametrize(
    "words",
    [
        ("ZADD", "asgi:group:{0}", "nan", "{word3} {} %s <b>\u202e\x00\n"),
        ("ZADD", "asgi:group:"),
        ("EXPIRE", "asgi:group:a", "9" * 400),
        ("EXPIRE", "asgi:group:a", "inf"),
        ("ZREMRANGEBYSCORE", "asgi:group:a", 0, "-inf"),
        ("ZADD", "asgis.a!", 0, "x" * 100_000),
        ("ZADD", "asgi" + "n" * 100_000, 0, MESSAGE),
        ("PUBLISH", "asgi__group__a"),
        ("EVAL", "…", 2, "asgis.a!", b"asgi\xff", MESSAGE),
    ],
)
def test_odd_words_give_a_bounded_line(words):
    """A command of the layer with odd words is marked, and said in one printable line of bounded length."""
    (seen,) = watch(words)
    assert seen.layer
    assert seen.meaning.isprintable() and seen.text.isprintable()
    assert len(seen.meaning) <= 400 and len(seen.text) <= 64


@pytest.mark.parametrize(
    ("message", "text"),
    [
        (msgpack.packb({"type": "a.b"}), "a.b"),
        (b"\xff" * 12 + msgpack.packb({"type": "a.b", "n": 1}), 'a.b {"n": 1}'),
        (b"\x81" * 12 + b'{"type": "json", "text": "x"}', 'json {"text": "x"}'),
        (msgpack.packb({"type": "raw", "data": b"\xff"}), 'raw {"data": "b\'\\\\xff\'"}'),
        (msgpack.packb({"type": "rtl", "text": "\u202e<b>"}), 'rtl {"text": "\\u202e<b>"}'),
        (msgpack.packb({"type": "long", "text": "x" * 900})[:500], "long …"),
        (msgpack.packb({"text": "no type"}), None),
        (msgpack.packb({"type": 1}), None),
        (msgpack.packb({1: 2, "type": "a"}), None),
        (b"\xc1" * 40, None),
        (b"\x91" * 4000, None),
        (b"\x81\x91" * 4000, None),
        (b"{" + b'"a":{' * 4000, None),
        (b'{"type": "cut', None),
        (b"", None),
    ],
)
def test_an_event_is_read_where_it_can_be(message, text):
    """msgpack, with or without random bytes before it, JSON, and a cut message are read; what is no event is none."""
    event = read_event(message)
    assert (event.text if event else None) == text
