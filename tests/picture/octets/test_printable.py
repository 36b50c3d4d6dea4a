"""What strangers send, made printable."""

import pytest

from channels_lab.picture.octets.printable import gutter, printable


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        (b"Host: x\r\n", "Host: x⟨CRLF⟩"),
        ("한글 🎈 “yes”", "한글 🎈 “yes”"),
        (r"a\n\u0041", r"a\n\u0041"),
        ("\x1b[31m\x00\t", "⟨ESC⟩[31m⟨NUL TAB⟩"),
        ("a\u202eb\u2066c\u200d", "a⟨U+202E⟩b⟨U+2066⟩c⟨U+200D⟩"),
        ("e\u0301\u00a0\u2028", "e⟨U+0301 U+00A0 U+2028⟩"),
        (b"\xff\xfe\xed\x95", "⟨ff fe ed 95⟩"),
        ("CR LF \r\n\r\n", "CR LF ⟨CRLF CRLF⟩"),
        ("⟨CRLF⟩", "⟨U+27E8⟩CRLF⟨U+27E9⟩"),
        ("⟩⟨", "⟨U+27E9 U+27E8⟩"),
        (b"", ""),
    ],
)
def test_what_does_not_print_is_named(given, shown):
    """Line ends, controls, what reorders or piles up, and bytes that are no text are named between brackets."""
    assert printable(given) == shown


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("abcdef", "abcd… 2 characters more"),
        (b"abcdef", "abcd… 2 bytes more"),
        ("한글이다다".encode(), "한글이다… 3 bytes more"),
        (b"a" * 5000, "aaaa… 4,996 bytes more"),
        ("abcd", "abcd"),
    ],
)
def test_a_long_text_is_cut(given, shown):
    """Beyond the bound stands how much was left out."""
    assert printable(given, 4) == shown


def test_a_character_a_byte():
    """The gutter has one ASCII character for each byte."""
    assert gutter(b"Hi \xed\x95\x9c\r\n~\x7f") == "Hi ·····~·"
