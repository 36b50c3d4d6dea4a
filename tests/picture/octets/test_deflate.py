"""Compressed messages, read back."""

import zlib

import pytest

from channels_lab.picture.octets.deflate import Inflater, agreed
from tests.rfc import COMPRESSED


def deflated(text: bytes, stream) -> bytes:
    """A message as a sender compresses it."""
    return (stream.compress(text) + stream.flush(zlib.Z_SYNC_FLUSH))[:-4]


@pytest.mark.parametrize("frames", COMPRESSED.values(), ids=COMPRESSED)
def test_the_examples_of_the_rfc(frames):
    """Each example of RFC 7692 says Hello: in one frame or two, with or without a window, by whatever blocks."""
    inflater = Inflater()
    final = [bytes.fromhex(frame)[0] >= 0x80 for frame in frames]
    said = [inflater.inflate(bytes.fromhex(frame)[2:], last) for frame, last in zip(frames, final, strict=True)]
    assert b"".join(said) == b"Hello" * sum(final)


@pytest.mark.parametrize(
    ("header", "found"),
    [
        ("permessage-deflate", True),
        (" x-other , Permessage-Deflate ; client_max_window_bits=15", True),
        ("x-webkit-deflate-frame", False),
        ("", False),
        (";;,,=", False),
    ],
)
def test_what_was_agreed_on(header, found):
    """Compression was agreed on when the answer names it."""
    assert set(agreed(header)) == ({"sent", "received"} if found else set())


@pytest.mark.parametrize("way", ["sent", "received"])
def test_a_window_for_each_message(way):
    """Without context takeover, each message is compressed on its own, in the direction that the answer names."""
    side = {"sent": "client", "received": "server"}[way]
    inflater = agreed(f"permessage-deflate; {side}_no_context_takeover")[way]
    for _ in range(2):
        assert inflater.inflate(deflated(b"Hello" * 9, zlib.compressobj(wbits=-15)), last=True) == b"Hello" * 9


def test_a_bomb_is_not_blown_up():
    """A few bytes that stand for a gigabyte are given up, and so is what builds on them."""
    stream = zlib.compressobj(wbits=-15)
    bomb = deflated(b"\0" * 10_000_000, stream)
    after = deflated(b"after", stream)
    assert len(bomb) < 20_000
    inflater = Inflater()
    assert inflater.inflate(bomb, last=True) is None
    assert inflater.inflate(after, last=True) is None
    alone = Inflater(takeover=False)
    assert alone.inflate(bomb, last=True) is None
    assert alone.inflate(deflated(b"after", zlib.compressobj(wbits=-15)), last=True) == b"after"


def test_damage():
    """What is no compressed data is given up."""
    assert Inflater().inflate(b"\xff\xff\xff", last=True) is None
