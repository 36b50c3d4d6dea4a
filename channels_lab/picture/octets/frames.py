"""WebSocket frames in bytes, bit by bit (RFC 6455, section 5), decompressed where that was agreed on (RFC 7692)."""

from itertools import cycle

from websockets.frames import CloseCode

from channels_lab.picture.octets.deflate import Inflater
from channels_lab.picture.octets.field import Bits, Field, Message, Reader
from channels_lab.picture.octets.printable import counted, printable
from channels_lab.record.masking import covered

__all__ = ["begins_like_a_frame", "read_frames", "unmasked"]

_CONTINUATION, _TEXT, _BINARY, _CLOSE, _PING, _PONG = 0, 1, 2, 8, 9, 10
_OPCODES = {
    _CONTINUATION: "continuation",
    _TEXT: "text",
    _BINARY: "binary",
    _CLOSE: "close",
    _PING: "ping",
    _PONG: "pong",
}
_SECTIONS = {_CLOSE: "RFC 6455 5.5.1", _PING: "RFC 6455 5.5.2", _PONG: "RFC 6455 5.5.3"}
_MASKED = "masked, and beside it without the mask"
_MOST_IN_ONE_BYTE, _MOST_IN_TWO = 125, 0xFFFF


def unmasked(data: bytes, key: bytes) -> bytes:
    """The data without its mask; masking and unmasking are the same (RFC 6455, section 5.3)."""
    return bytes(byte ^ mask for byte, mask in zip(data, cycle(key), strict=False))


def begins_like_a_frame(reader: Reader) -> bool:
    """Whether the next byte may be the first of a frame: a known opcode, and no bits that nobody uses."""
    first = reader.peek(1)[0]
    return not first & 0x30 and first & 0x0F in _OPCODES


def read_frames(reader: Reader, inflater: Inflater | None = None) -> list[Message]:
    """Read all that is left as frames; what was sent is the client's, and should be masked."""
    frames = _Frames(reader, inflater)
    messages = []
    while reader.left:
        messages.append(frames.read())
    return messages


class _Frames:
    """The frames of one direction, one after the other: some continue the message of those before."""

    def __init__(self, reader: Reader, inflater: Inflater | None) -> None:
        self._reader = reader
        self._inflater = inflater
        self._message = -1  # the opcode of the message that is not complete yet
        self._compressed = False

    def read(self) -> Message:
        reader = self._reader
        first, second = (reader.peek(2) + b"\0")[:2]
        size, masked = second & 0x7F, second >> 7
        more = {126: 2, 127: 8}.get(size, 0)
        if reader.left < 2 + more + 4 * masked:
            return reader.message("a frame whose header is cut short", [reader.rest("a frame's header, cut short")])
        opcode, final = first & 0x0F, bool(first >> 7)
        if opcode in (_TEXT, _BINARY):
            self._compressed = bool(first & 0x40) and self._inflater is not None
        fields = [self._first(first), self._second(second)]
        if more:
            size = int.from_bytes(reader.peek(more))
            fields.append(self._length(size, more))
        if size >> 63:
            fields += [reader.rest("a length of more than 63 bits")] if reader.left else []
            return reader.message("a frame that is not valid", fields)
        key = b""
        if masked:
            key = reader.peek(4)
            meaning = "byte i of the payload is XORed with byte i mod 4 of this"
            fields.append(reader.field(4, "masking key", "number", meaning, "RFC 6455 5.3"))
        here = min(size, reader.left)
        content = unmasked(reader.peek(here), key) if masked else reader.peek(here)
        if masked and (shown := covered(content)) != content:
            content = shown
            reader.cover(unmasked(shown, key))  # under its mask it would be no secret either: the key stands beside
        text = self._payload(fields, opcode, final, size, content, masked)
        if opcode < _CLOSE:
            self._message = -1 if final else (opcode or self._message)
        return reader.message(_summary(opcode, final, size, text), fields)

    # The header

    def _first(self, byte: int) -> Field:
        opcode, final, reserved = byte & 0x0F, byte >> 7, byte >> 4 & 7
        name = _OPCODES.get(opcode, "reserved: an error")
        if opcode == _CONTINUATION and self._message < 0:
            name += ", but there is nothing to continue"
        elif opcode in (_TEXT, _BINARY) and self._message >= 0:
            name += ", but the message before is not complete"
        end = "the last frame of its message" if final else "more frames of this message follow"
        if opcode >= _CLOSE and not final:
            end = "a control frame must not be fragmented: an error"
        bits = (
            Bits(f"{final}", "FIN", end),
            Bits(f"{reserved:03b}", "RSV1-3", self._reserved(reserved, opcode)),
            Bits(f"{opcode:04b}", "opcode", f"{name}, 0x{opcode:X}"),
        )
        return self._reader.field(1, "FIN, RSV, opcode", "bits", source="RFC 6455 5.2", bits=bits)

    def _reserved(self, bits: int, opcode: int) -> str:
        if not bits:
            return "no extension has changed this frame" if not self._compressed else "as in the frame before"
        if bits == 4 and self._compressed and opcode in (_TEXT, _BINARY):
            return "RSV1: the message is compressed (permessage-deflate, RFC 7692 6)"
        return "no extension that was agreed on uses these: an error"

    def _second(self, byte: int) -> Field:
        masked, size = byte >> 7, byte & 0x7F
        client = self._reader.direction == "sent"
        mask = ("not masked", "masked")[masked] + (", as a client must" if client else ", as a server does")
        if bool(masked) != client:
            mask = f"{'masked, and a server must not' if masked else 'not masked, and a client must'}: an error"
        length = {126: "126: the next 2 bytes hold the length", 127: "127: the next 8 bytes hold the length"}
        bits = (Bits(f"{masked}", "MASK", mask), Bits(f"{size:07b}", "length", length.get(size, counted(size))))
        return self._reader.field(1, "MASK, length", "bits", source="RFC 6455 5.2", bits=bits)

    def _length(self, size: int, more: int) -> Field:
        short = size <= (_MOST_IN_ONE_BYTE if more == 2 else _MOST_IN_TWO)
        meaning = counted(size) + (", which fits into fewer: an error" if short else "")
        return self._reader.field(more, "extended length", "number", meaning, "RFC 6455 5.2")

    # The payload

    def _payload(self, fields: list[Field], opcode: int, final: bool, size: int, content: bytes, masked: int) -> str:
        """Read it as fields; returns it as a short text."""
        cut = f"{len(content):,} of {counted(size)}" if len(content) < size else ""
        if opcode == _CLOSE and len(content) >= 2:
            return self._close(fields, content, masked, cut)
        if not content:
            return cut
        compressed = self._compressed and opcode < _CLOSE
        plain: bytes | None = content
        if compressed and self._inflater:
            plain = self._inflater.inflate(content, final and not cut)
        binary = (opcode or self._message) == _BINARY
        meaning = ", ".join(word for word in (cut, "compressed" * compressed, _MASKED * masked) if word)
        meaning = f"{meaning}: {_text(plain, binary)}" if meaning else _text(plain, binary)
        if opcode == _TEXT and final and not cut and not compressed and not _is_utf8(content):
            meaning += "; no UTF-8, which text must be: an error (RFC 6455 8.1)"
        if opcode == _CLOSE:
            meaning += "; too short for a code: an error"
        source = "RFC 7692 6" if compressed else _SECTIONS.get(opcode, "RFC 6455 5.6" if opcode else "RFC 6455 5.4")
        bare = content if masked else None
        fields.append(self._reader.field(len(content), "payload", "content", meaning, source, plain=bare))
        return _text(plain, binary, 60)

    def _close(self, fields: list[Field], content: bytes, masked: int, cut: str) -> str:
        code, reason = int.from_bytes(content[:2]), content[2:]
        plain = content[:2] if masked else None
        meaning = f"{code}, {_code(code)}"
        fields.append(self._reader.field(2, "close code", "number", meaning, "RFC 6455 7.4.1", plain=plain))
        if reason:
            plain = reason if masked else None
            said = printable(reason) + (f" ({cut})" if cut else "")
            fields.append(self._reader.field(len(reason), "reason", "content", said, "RFC 6455 5.5.1", plain=plain))
        return f"{code} {printable(reason, 60)}".rstrip()


def _summary(opcode: int, final: bool, size: int, text: str) -> str:
    kind = _OPCODES.get(opcode, f"reserved opcode {opcode:X}")
    part = "" if final or opcode >= _CLOSE else ", first part" if opcode else ", not the last"
    part = ", last part" if final and opcode == _CONTINUATION else part
    return f"{kind} frame{part}, {counted(size)}" + (f": {text}" if text else "")


def _text(content: bytes | None, binary: bool, most: int = 200) -> str:
    if content is None:
        return "could not be decompressed"
    return f"{counted(len(content))} of data" if binary else f"“{printable(content, most)}”"


def _is_utf8(content: bytes) -> bool:
    try:
        content.decode()
    except UnicodeDecodeError:
        return False
    return True


def _code(code: int) -> str:
    if code in (CloseCode.NO_STATUS_RCVD, CloseCode.ABNORMAL_CLOSURE, CloseCode.TLS_HANDSHAKE):
        return "which must never be sent: an error"
    try:
        return CloseCode(code).name.replace("_", " ").lower()
    except ValueError:
        pass
    return "a code of the application's own" if 4000 <= code < 5000 else "a code that nobody has defined"
