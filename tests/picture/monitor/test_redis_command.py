import random

import pytest

from channels_lab.picture.monitor.connection import MonitorConnection
from channels_lab.picture.monitor.redis_command import Command, parse_line, plain
from channels_lab.running import servers

HOSTILE = [b"", b"a\\", b'"', b'\\"', b'x" "y', b'] "', b"\r\n\t\a\b\x00\x7f", b"\xff\xfe", "‮<b>ü".encode(), b"\\x41"]


async def test_words_come_through_as_they_were_sent(keeper):
    """Whatever bytes a word has, MONITOR's line gives them back, and where one word ends and the next begins."""
    chance = random.Random(3)
    sent = [tuple(HOSTILE), *[(word, word) for word in HOSTILE]]
    sent += [tuple(chance.randbytes(chance.randrange(9)) for _ in range(4)) for _ in range(200)]
    redis = await servers.redis(keeper=keeper)
    try:
        async with MonitorConnection.open(redis.url) as connection:
            for words in sent:
                await connection._asking.send_command("MSET", *words, *words)
                await connection._asking.read_response()
                command = parse_line(await anext(connection.lines))
                assert command and command.words == (b"MSET", *words, *words)
    finally:
        await redis.stop()


def test_a_line_is_taken_apart():
    """A line tells when, who, and what; a script's commands come from "lua"."""
    command = parse_line(b'+1339518083.107412 [0 127.0.0.1:60866] "keys" "*"')
    assert command == Command(1339518083.107412, "127.0.0.1:60866", (b"keys", b"*"))
    assert (command.name, command.in_script) == ("KEYS", False)
    assert parse_line(b'+1.5 [9 unix:/tmp/a b.sock] "PING"') == Command(1.5, "unix:/tmp/a b.sock", (b"PING",))
    assert parse_line(b'+1.5 [0 lua] "DEL" "x"').in_script


@pytest.mark.parametrize("line", [b"", b"+OK", b"-ERR no", b"+1.5 [0 lua]", b"\xff" * 9, b'+x [0 lua] "A"'])
def test_another_line_is_none(line):
    """What is not a command's line is not taken for one."""
    assert parse_line(line) is None


def test_a_line_that_was_cut_gives_what_there_is():
    """The last word of a cut line ends where the line does, even within an escape."""
    assert parse_line(b'+1.0 [0 lua] "SET" "abc').words == (b"SET", b"abc")
    assert parse_line(b'+1.0 [0 lua] "SET" "ab\\').words == (b"SET", b"ab")
    assert parse_line(b'+1.0 [0 lua] "SET" "').words == (b"SET", b"")


@pytest.mark.parametrize(
    ("words", "shown"),
    [
        ((b"SET", b"greeting", b"hello"), "SET greeting hello"),
        ((b"SET", b"", b'say "hi"\\'), 'SET "" "say \\"hi\\"\\\\"'),
        ((b"GET", "ü‮".encode(), b"\x00\n"), 'GET "ü\\u202e" "\\x00\\n"'),
        ((b"GET", b"\xff\xfe\xfd"), "GET (3 bytes)"),
        ((b"EVAL", b"return redis.call('x')", b"0"), "EVAL (script) 0"),
        ((b"ZADD", b"k", b"1795571517.6619725", b"x" * 50), "ZADD k 1795571517.66… " + "x" * 39 + "…"),
        ((b"GET", b"a.7be0da63d3714998ab9ec45b8ef4ac27!"), "GET a.7be0…!"),
        ((b"DEL", *[b"k"] * 20), "DEL k k k k k k k … 13 more"),
        ((b"MGET", *[b"x" * 30] * 7), ("MGET" + (" " + "x" * 30) * 7)[:63] + "…"),
    ],
)
def test_a_command_is_shown_in_a_line(words, shown):
    """Ids and times are shortened, bytes counted, scripts left out, what is odd is escaped, and all of it bounded."""
    assert Command(1.0, "", words).shown() == shown


def test_marks_do_not_pile_up():
    """An accent stays, and a pile of them is cut."""
    assert plain("cafe\u0301") == "cafe\u0301"
    assert plain("a" + "\u0301" * 50 + "b") == "a" + "\u0301" * 3 + "b"
