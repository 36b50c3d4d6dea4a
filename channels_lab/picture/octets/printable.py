"""Bytes and texts of strangers as one printable line: what does not print is named between ⟨ and ⟩."""

import unicodedata
from itertools import groupby

__all__ = ["counted", "gutter", "hexadecimal", "printable"]

_NAMES = {"\r": "CR", "\n": "LF", "\t": "TAB", "\x00": "NUL", "\x1b": "ESC"}


def printable(data: bytes | str, most: int = 200) -> str:
    """The text (bytes are read as UTF-8) in one line, of at most `most` characters and then what was left out.

    Line ends are ⟨CRLF⟩, controls and what would reorder the line ⟨U+202E⟩, bytes that are no UTF-8 ⟨ff⟩. The
    brackets themselves are ⟨U+27E8⟩, so that no text can pretend. A backslash stands for itself, as in JSON.
    """
    # A character has at most four bytes: what is beyond need not be read.
    text = data if isinstance(data, str) else data[: 4 * most + 4].decode("utf-8", "surrogateescape")
    shown = "".join(
        "".join(run) if plain else f"⟨{' '.join(_name(character) for character in run).replace('CR LF', 'CRLF')}⟩"
        for plain, run in groupby(text[:most], _is_plain)
    )
    left = _left(data, text, most)
    return shown + (f"… {left} more" if left else "")


def counted(size: int) -> str:
    """A number of bytes: "1 byte", "65,536 bytes"."""
    return f"{size:,} byte{'s' * (size != 1)}"


def hexadecimal(data: bytes) -> str:
    """Two digits a byte: `48 65 6c`."""
    return data.hex(" ")


def gutter(data: bytes) -> str:
    """A character a byte, as beside a hex dump: a dot is what is no ASCII letter, digit or sign."""
    return "".join(chr(byte) if 0x20 <= byte < 0x7F else "·" for byte in data)


def _is_plain(character: str) -> bool:
    # Marks that sit on other letters print, but piled up they climb over the lines above.
    return character.isprintable() and character not in "⟨⟩" and not unicodedata.combining(character)


def _name(character: str) -> str:
    number = ord(character)
    if 0xDC80 <= number <= 0xDCFF:
        return f"{number - 0xDC00:02x}"
    return _NAMES.get(character) or f"U+{number:04X}"


def _left(data: bytes | str, text: str, most: int) -> str:
    if len(text) <= most:
        return ""
    if isinstance(data, str):
        return f"{len(data) - most:,} characters"
    return f"{len(data) - len(text[:most].encode('utf-8', 'surrogateescape')):,} bytes"
