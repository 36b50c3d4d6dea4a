"""One Redis command, as a line of MONITOR tells it: taken apart, and made fit to be shown."""

import re
import unicodedata
from dataclasses import dataclass
from itertools import groupby

__all__ = ["Command", "parse_line", "plain"]

# 1339518083.107412 [0 127.0.0.1:60866] "SET" "a\\" "\x00"      (https://valkey.io/commands/monitor/)
_LINE = re.compile(rb'\+(\d{1,12}\.\d+) \[\d+ (.*?)\] (?=")', re.DOTALL)
# The end may be missing: a long line is cut.
_WORD = re.compile(rb'"([^"\\]*(?:\\.[^"\\]*)*)(?:"|\\?\Z)', re.DOTALL)
_ESCAPE = re.compile(rb"\\(?:x([0-9a-fA-F]{2})|(.))", re.DOTALL)
_LETTERS = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"a": b"\a", b"b": b"\b"}
# The ids that Channels makes (`uuid4().hex`) say nothing after their first letters.
_ID = re.compile(r"(?<![0-9a-f])([0-9a-f]{4})[0-9a-f]{28}(?![0-9a-f])")
# A time as Channels writes it, to a tenth of a microsecond.
_TIME = re.compile(r"(\d{10}\.\d\d)\d+")
# Not printable, and yet letters of Persian and Hindi and many emoji are made with them.
_JOINERS = "\u200c\u200d"
# A letter carries a mark or two (accents, vowels); a pile of them climbs over the lines above.
_MOST_MARKS = 3
_MOST_WORDS = 8
_MOST_OF_A_WORD = 40
_SCRIPTS = ("EVAL", "EVAL_RO")


@dataclass(frozen=True)
class Command:
    """A command that the server ran at `t` (seconds, the server's own clock).

    `client` is as MONITOR has it: "127.0.0.1:60866", "unix:/path/of/the.sock" (the server's path, the same for
    all), or "lua" for a command that a script runs. `words` are the bytes that were sent.
    """

    t: float
    client: str
    words: tuple[bytes, ...]

    @property
    def name(self) -> str:
        """The command's name, "ZADD"; "" for none."""
        return self.words[0].decode("ascii", "replace").upper() if self.words else ""

    @property
    def in_script(self) -> bool:
        """Whether a Lua script ran it."""
        return self.client == "lua"

    def shown(self, most: int = 64) -> str:
        """The command in at most `most` characters: ids shortened, bytes counted, what is odd escaped."""
        words = [_shown(word) for word in self.words[:_MOST_WORDS]]
        if self.name in _SCRIPTS and len(words) > 1:
            words[1] = "(script)"
        if len(self.words) > _MOST_WORDS:
            words.append(f"… {len(self.words) - _MOST_WORDS} more")
        text = " ".join(words)
        return text if len(text) <= most else text[: most - 1] + "…"


def parse_line(line: bytes) -> Command | None:
    """Take a line of MONITOR apart, without its line end; returns None for another line.

    redis-py's own parser joins the words with spaces and errs where one ends with a backslash.
    """
    if not (found := _LINE.match(line)):
        return None
    words = tuple(_ESCAPE.sub(_unescaped, word) for word in _WORD.findall(line, found.end()))
    return Command(float(found[1]), found[2].decode("utf-8", "replace"), words)


def plain(text: str, most: int = 200) -> str:
    """Text in one line of printable characters, at most `most`; ids are shortened."""
    text = _ID.sub(r"\1…", text[: 4 * most])
    text = "".join(c if c.isprintable() or c in _JOINERS else repr(c)[1:-1] for c in text)
    groups = groupby(text, lambda character: unicodedata.category(character)[0] == "M")
    text = "".join(run[:_MOST_MARKS] if marks else run for marks, run in ((key, "".join(run)) for key, run in groups))
    return text if len(text) <= most else text[: most - 1] + "…"


def _unescaped(found: re.Match[bytes]) -> bytes:
    return bytes([int(found[1], 16)]) if found[1] else _LETTERS.get(found[2], found[2])


def _shown(word: bytes) -> str:
    try:
        text = word.decode()
    except UnicodeDecodeError:
        return f"({len(word):,} bytes)"
    if text and text.isprintable() and not set(text) & set(" \"'\\()"):
        return plain(_TIME.sub(r"\1…", text) if len(text) < 20 else text, _MOST_OF_A_WORD)
    text = plain(text.replace("\\", "\\\\").replace('"', '\\"'), _MOST_OF_A_WORD)
    return f'"{text}"'
