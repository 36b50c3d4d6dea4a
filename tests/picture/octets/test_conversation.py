"""Two directions as one conversation, whatever the bytes."""

import random

import pytest

from channels_lab.picture.octets.conversation import Chunk, Said, conversation
from channels_lab.picture.octets.frames import unmasked
from tests.rfc import FRAMES, REQUEST, RESPONSE

HELLO = bytes.fromhex("818537fa213d7f9f4d5158")
GET = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi"


def chunks(*given: bytes | tuple[str, bytes]) -> list[Chunk]:
    """Chunks at 0, 1, 2 …, sent and received in turn."""
    return [Chunk(t, ("sent", "received")[t % 2], data) for t, data in enumerate(given)]


def summaries(said: list[Said]) -> list[str]:
    """Who says what."""
    return [f"{one.message.direction} {one.message.summary}" for one in said]


def accounts_for(said: list[Said], given: list[Chunk]) -> bool:
    """Whether in each direction the fields follow each other without a gap and are the bytes that were given."""
    for direction in ("sent", "received"):
        at = 0
        data = b"".join(chunk.data for chunk in given if chunk.direction == direction)
        for field in [field for one in said if one.message.direction == direction for field in one.message.fields]:
            if field.offset != at or field.data != data[at : at + len(field.data)]:
                return False
            at += len(field.data)
        if at != len(data):
            return False
    return True


def test_a_websocket():
    """After 101 both sides send frames; what was said is in the order of time."""
    said = conversation(chunks(REQUEST, RESPONSE, HELLO, bytes.fromhex("810548656c6c6f"), HELLO))
    assert summaries(said) == [
        "sent request: GET /chat",
        "received response: 101 Switching Protocols",
        "sent text frame, 5 bytes: “Hello”",
        "received text frame, 5 bytes: “Hello”",
        "sent text frame, 5 bytes: “Hello”",
    ]
    assert [one.t for one in said] == [0, 1, 2, 3, 4]


def test_bytes_in_small_pieces():
    """It does not matter how the bytes were cut on their way: a message is as old as its first byte."""
    whole = chunks(REQUEST, RESPONSE, HELLO, bytes.fromhex("810548656c6c6f"))
    pieces = [
        Chunk(chunk.t + i / 1000, chunk.direction, chunk.data[i : i + 1])
        for chunk in whole
        for i in range(len(chunk.data))
    ]
    assert conversation(pieces) == conversation(whole)


def test_after_101_all_is_frames():
    """After 101 nothing is HTTP any more, though it look so; after something that is no answer, requests go on."""
    assert summaries(conversation(chunks(REQUEST, RESPONSE + OK)))[2].startswith("received close frame")
    said = summaries(conversation(chunks(REQUEST + GET, b"SSH-2.0\r\n")))
    assert said[:2] == ["sent request: GET /chat", "sent request: GET /"]


def test_several_exchanges_on_one_connection():
    """Requests and responses take turns on a connection that is kept, also when nobody knows the times."""
    turns = ["sent request: GET /", "received response: 200 OK"] * 3
    assert summaries(conversation(chunks(GET, OK, GET, OK, GET, OK))) == turns
    assert summaries(conversation([Chunk(0, "sent", GET * 3), Chunk(0, "received", OK * 3)])) == turns


def test_a_handshake_that_is_refused():
    """After another status than 101 the connection stays HTTP."""
    refusal = b"HTTP/1.1 403 Access denied\r\nContent-Length: 4\r\n\r\nnono"
    said = conversation(chunks(REQUEST, refusal, GET, OK))
    assert summaries(said)[1:] == [
        "received response: 403 Access denied",
        "sent request: GET /",
        "received response: 200 OK",
    ]


def test_go_on():
    """A response that only says "go on" is not yet the response."""
    said = conversation(chunks(GET, b"HTTP/1.1 100 Continue\r\n\r\n" + OK, GET, OK))
    assert [text.split(": ")[1] for text in summaries(said)] == ["GET /", "100 Continue", "200 OK", "GET /", "200 OK"]


def test_one_side_only():
    """One direction alone is understood as far as it can be: a request and frames, a response and frames, frames."""
    hello = "text frame, 5 bytes: “Hello”"
    assert summaries(conversation(chunks(REQUEST + HELLO))) == ["sent request: GET /chat", f"sent {hello}"]
    assert summaries(conversation(chunks(b"", RESPONSE + bytes.fromhex("810548656c6c6f")))) == [
        "received response: 101 Switching Protocols",
        f"received {hello}",
    ]
    assert summaries(conversation(chunks(HELLO))) == [f"sent {hello}"]


@pytest.mark.parametrize(("data", "direction", "wanted"), FRAMES.values(), ids=FRAMES)
def test_frames_without_a_handshake(data, direction, wanted):
    """Frames are known as such when no handshake was before them."""
    said = conversation([Chunk(0, direction, bytes.fromhex(data))])
    assert summaries(said) == [f"{direction} {summary}" for summary in wanted]


def test_compression_that_was_agreed_on():
    """Frames are decompressed when the response takes the extension, and not when only the request offers it."""
    offer = b"Sec-WebSocket-Extensions: permessage-deflate\r\n\r\n"
    frame = bytes.fromhex("c107f248cdc9c90700")
    request = REQUEST[:-2] + offer
    assert summaries(conversation(chunks(request, RESPONSE[:-2] + offer + frame)))[-1].endswith("“Hello”")
    assert not summaries(conversation(chunks(request, RESPONSE + frame)))[-1].endswith("“Hello”")


def test_empty_lines_at_the_end():
    """Empty lines after the last request are ignored, as before a request."""
    assert conversation(chunks(GET + b"\r\n"))[-1].message.fields[-1].name == "empty line"


def test_nothing_understood():
    """What is neither HTTP nor a frame is one field that says so."""
    (one,) = conversation(chunks(b"\xf7\x00SSH-2.0\r\n"))
    assert one.message.summary == "neither HTTP nor a frame"


# Whatever comes


def _parts(random: random.Random) -> list[bytes]:
    """Pieces of the protocols, and noise."""
    noise = random.randbytes(random.randrange(40))
    return [
        REQUEST,
        RESPONSE,
        GET,
        OK,
        HELLO,
        noise,
        bytes.fromhex("4103f248cd8004c9c90700890088020fa1"),
        RESPONSE[:-2] + b"Sec-WebSocket-Extensions: permessage-deflate\r\n\r\n",
        b"\x82\x7e\x01\x00" + bytes(256),
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nHello\r\n0\r\n\r\n",
        b"POST / HTTP/1.1\r\nContent-Length: 7\r\n\r\n",
        b"\r\n",
        unmasked(REQUEST, b"\x01\x02\x03\x04"),
    ]


@pytest.mark.parametrize("seed", range(20))
def test_no_input_raises_and_no_byte_is_lost(seed):
    """Noise, pieces of the protocols in any order, flipped bits and cuts: all bytes are accounted for, in order."""
    dice = random.Random(seed)
    for _ in range(150):
        given = []
        for t in range(dice.randrange(6)):
            data = bytearray(b"".join(dice.choices(_parts(dice), k=dice.randrange(1, 4))))
            for _ in range(dice.choice([0, 0, 1, 3])):
                if data:
                    data[dice.randrange(len(data))] ^= 1 << dice.randrange(8)
            data = data[: dice.choice([len(data), dice.randrange(len(data) + 1)])]
            given.append(Chunk(float(t), dice.choice(["sent", "received"]), bytes(data)))
        said = conversation(given)
        assert accounts_for(said, given), given
        assert [one.t for one in said] == sorted(one.t for one in said)
        assert all(one.message.fields and all(field.data for field in one.message.fields) for one in said)


@pytest.mark.parametrize(
    "data", [b"\x81\x00" * 5000, b"a: b\r\n" * 5000, b"GET / HTTP/1.1\r\n" + b" " * 30_000 + b"x\r\n"]
)
def test_long_inputs(data):
    """Thousands of fields, and a line of a hundred thousand letters, are read once each."""
    for direction in ("sent", "received"):
        given = [Chunk(0, direction, data)]
        assert accounts_for(conversation(given), given)
