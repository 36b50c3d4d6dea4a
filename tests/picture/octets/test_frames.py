"""Frames in bytes: every bit has a meaning, and what is wrong is said."""

import pytest

from channels_lab.picture.octets.deflate import Inflater
from channels_lab.picture.octets.field import Direction, Field, Message, Reader
from channels_lab.picture.octets.frames import read_frames, unmasked
from tests.rfc import COMPRESSED, FRAMES

KEY = bytes.fromhex("37fa213d")


def read(data: bytes | str, direction: Direction = "received", inflater: Inflater | None = None) -> list[Message]:
    """The frames in the bytes, which they account for."""
    data = bytes.fromhex(data) if isinstance(data, str) else data
    reader = Reader(data, direction)
    messages = read_frames(reader, inflater)
    assert b"".join(field.data for message in messages for field in message.fields) == data
    return messages


def field(message: Message, name: str) -> Field:
    """The field of this name."""
    (found,) = [field for field in message.fields if field.name == name]
    return found


def bits(message: Message) -> dict[str, tuple[str, str]]:
    """The bits of the header: their values and meanings."""
    return {bit.name: (bit.value, bit.meaning) for field in message.fields for bit in field.bits}


def masked(payload: bytes, first: int = 0x81) -> bytes:
    """A short frame as a client sends it."""
    return bytes([first, 0x80 | len(payload)]) + KEY + unmasked(payload, KEY)


@pytest.mark.parametrize(("data", "direction", "summaries"), FRAMES.values(), ids=FRAMES)
def test_the_examples_of_the_rfc(data, direction, summaries):
    """Each example of RFC 6455, section 5.7, is what the RFC says it is."""
    assert [message.summary for message in read(data, direction)] == summaries


def test_the_bits_of_a_header():
    """FIN, RSV, opcode, MASK and length have their bits, key and payload their bytes, all where the RFC says."""
    (frame,) = read("818537fa213d7f9f4d5158", "sent")
    assert bits(frame) == {
        "FIN": ("1", "the last frame of its message"),
        "RSV1-3": ("000", "no extension has changed this frame"),
        "opcode": ("0001", "text, 0x1"),
        "MASK": ("1", "masked, as a client must"),
        "length": ("0000101", "5 bytes"),
    }
    assert [(part.offset, part.name) for part in frame.fields] == [
        (0, "FIN, RSV, opcode"),
        (1, "MASK, length"),
        (2, "masking key"),
        (6, "payload"),
    ]
    payload = field(frame, "payload")
    assert (payload.data.hex(), payload.plain) == ("7f9f4d5158", b"Hello")
    assert all(part.source.startswith("RFC 6455 5.") for part in frame.fields)


@pytest.mark.parametrize(
    ("header", "length", "meaning"),
    [("827e0100", "0100", "256 bytes"), ("827f0000000000010000", "0000000000010000", "65,536 bytes")],
)
def test_longer_lengths(header, length, meaning):
    """A length of two or eight bytes is a field of its own."""
    (frame,) = read(bytes.fromhex(header) + bytes(256))
    assert field(frame, "extended length").data.hex() == length
    assert field(frame, "extended length").meaning == meaning


@pytest.mark.parametrize(
    ("data", "direction", "name", "fault"),
    [
        ("810548656c6c6f", "sent", "MASK", "not masked, and a client must: an error"),
        ("818537fa213d7f9f4d5158", "received", "MASK", "masked, and a server must not: an error"),
        ("8300", "received", "opcode", "reserved: an error, 0x3"),
        ("8b00", "received", "opcode", "reserved: an error, 0xB"),
        ("8000", "received", "opcode", "continuation, but there is nothing to continue, 0x0"),
        ("0900", "received", "FIN", "a control frame must not be fragmented: an error"),
        ("c100", "received", "RSV1-3", "no extension that was agreed on uses these: an error"),
        ("a100", "received", "RSV1-3", "no extension that was agreed on uses these: an error"),
    ],
)
def test_faults_in_a_header(data, direction, name, fault):
    """What the RFC forbids in a header is marked as an error, by the bits that break the rule."""
    (frame,) = read(data, direction)
    assert bits(frame)[name][1] == fault


def test_a_message_inside_another():
    """A message may not begin before the one in fragments is complete; a control frame may come between."""
    messages = read("0101 61" + "8900" + "8101 62" + "8100")
    said = [bits(message)["opcode"][1] for message in messages]
    assert said == [
        "text, 0x1",
        "ping, 0x9",
        "text, but the message before is not complete, 0x1",
        "text, 0x1",
    ]


@pytest.mark.parametrize(
    ("data", "meaning"),
    [
        ("827e0005 0102030405", "5 bytes, which fits into fewer: an error"),
        ("827e007d", "125 bytes, which fits into fewer: an error"),
        ("827e007e", "126 bytes"),
        ("827f000000000000ffff", "65,535 bytes, which fits into fewer: an error"),
        ("827f0000000000010000", "65,536 bytes"),
        ("827f0000000000000001 01", "1 byte, which fits into fewer: an error"),
    ],
)
def test_a_length_that_is_longer_than_it_needs_to_be(data, meaning):
    """The shortest form of a length is the only one allowed."""
    assert field(read(data)[0], "extended length").meaning == meaning


def test_a_length_beyond_all_bounds():
    """A length with its highest bit set ends what can be understood."""
    (frame,) = read("827fffffffffffffffff0102")
    assert frame.summary == "a frame that is not valid"
    assert frame.fields[-1].meaning == "a length of more than 63 bits"
    assert read("827f7fffffffffffffff01")[0].fields[-1].meaning.startswith("1 of 9,223,372,036,854,775,807 bytes: ")


@pytest.mark.parametrize("size", range(1, 10))
def test_a_frame_that_is_cut(size):
    """A frame may be cut anywhere: its bytes are all shown, and that some are missing is said."""
    (frame,) = read("818537fa213d7f9f4d5158"[: 2 * size], "sent")
    shown = frame.summary + frame.fields[-1].meaning
    assert "cut short" in shown if size < 6 else f"{size - 6} of 5 bytes" in shown


# What is said


def test_text_that_is_none():
    """A text that is no UTF-8 is an error, and shown all the same."""
    meaning = field(read(b"\x81\x02\xff\xfe")[0], "payload").meaning
    assert meaning == "“⟨ff fe⟩”; no UTF-8, which text must be: an error (RFC 6455 8.1)"
    assert field(read(b"\x81\x03\xed\x95")[0], "payload").meaning == "2 of 3 bytes: “⟨ed 95⟩”"


def test_a_letter_in_two_fragments():
    """A letter may be cut in two by fragments, and then nothing is wrong."""
    first, second = "한".encode()[:1], "한".encode()[1:]
    messages = read(b"\x01\x01" + first + b"\x80\x02" + second)
    assert [field(message, "payload").meaning for message in messages] == ["“⟨ed⟩”", "“⟨95 9c⟩”"]


@pytest.mark.parametrize(
    ("payload", "meaning", "summary"),
    [
        (b"\x03\xe8", "1000, normal closure", "close frame, 2 bytes: 1000"),
        (b"\x03\xf3no", "1011, internal error", "close frame, 4 bytes: 1011 no"),
        (b"\x03\xed", "1005, which must never be sent: an error", "close frame, 2 bytes: 1005"),
        (b"\x0f\xa1", "4001, a code of the application's own", "close frame, 2 bytes: 4001"),
        (b"\x00\x01", "1, a code that nobody has defined", "close frame, 2 bytes: 1"),
    ],
)
def test_close(payload, meaning, summary):
    """A close frame has a code with its name, and then a reason."""
    for data, direction in ((bytes([0x88, len(payload)]) + payload, "received"), (masked(payload, 0x88), "sent")):
        (frame,) = read(data, direction)
        assert (field(frame, "close code").meaning, frame.summary) == (meaning, summary)
        assert [part.name for part in frame.fields[-1:]] == (["reason"] if payload[2:] else ["close code"])


def test_close_without_a_code():
    """A close frame may be empty; one byte is too few for a code."""
    assert read("8800")[0].summary == "close frame, 0 bytes"
    assert field(read("880103")[0], "payload").meaning.endswith("too short for a code: an error")


# Compression


@pytest.mark.parametrize("frames", COMPRESSED.values(), ids=COMPRESSED)
def test_compressed_messages(frames):
    """Where it was agreed on, RSV1 means compressed, and the message is shown as it was."""
    messages = read("".join(frames), "received", Inflater())
    said = "".join(field(message, "payload").meaning for message in messages)
    final = sum(bits(message)["FIN"][0] == "1" for message in messages)
    assert said.replace("compressed: ", "").replace("”“", "") == f"“{'Hello' * final}”"
    assert bits(messages[0])["RSV1-3"] == ("100", "RSV1: the message is compressed (permessage-deflate, RFC 7692 6)")
    assert field(messages[0], "payload").source == "RFC 7692 6"


def test_a_control_frame_inside_a_compressed_message():
    """A control frame is never compressed; the message goes on after it."""
    messages = read("4103f248cd" + "89026869" + "8004c9c90700", "received", Inflater())
    assert [field(message, "payload").meaning for message in messages] == [
        "compressed: “He”",
        "“hi”",
        "compressed: “llo”",
    ]


def test_damaged_compression():
    """What cannot be decompressed is said to be so; of what is cut the beginning is shown."""
    assert field(read("c107f248cd", "received", Inflater())[0], "payload").meaning.endswith("compressed: “He”")
    assert field(read("c103ffffff", "received", Inflater())[0], "payload").meaning.endswith("could not be decompressed")
