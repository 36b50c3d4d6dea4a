"""What the bytes of a connection are made of: messages, and in them fields, one after the other, without a gap."""

from typing import Literal, NamedTuple

from channels_lab.record.masking import covered

__all__ = ["Bits", "Direction", "Field", "Kind", "Message", "Reader"]

Direction = Literal["sent", "received"]
# How a field is shown: a line of text; a byte as bits; a short number; content; what nobody understood.
Kind = Literal["line", "bits", "number", "content", "unknown"]


class Bits(NamedTuple):
    """Some bits of a byte: "1", "FIN", "the last frame of its message"."""

    value: str
    name: str
    meaning: str


class Field(NamedTuple):
    """Bytes that mean one thing. `offset` counts from the first byte that went in this direction.

    `source` is where it is defined ("RFC 6455 5.2"); `bits` takes a byte apart; `plain` is the content without its
    mask, where it has one.
    """

    offset: int
    data: bytes
    name: str
    kind: Kind
    meaning: str = ""
    source: str = ""
    bits: tuple[Bits, ...] = ()
    plain: bytes | None = None


class Message(NamedTuple):
    """Fields that belong together: the head of a request, a chunk, a frame. `summary` says what it is, in a line."""

    direction: Direction
    summary: str
    fields: tuple[Field, ...]

    @property
    def offset(self) -> int:
        """Where it begins, counted from the first byte that went in this direction."""
        return self.fields[0].offset

    @property
    def size(self) -> int:
        """Its bytes."""
        return sum(len(field.data) for field in self.fields)


class Reader:
    """The bytes of one direction, secrets covered, read from left to right: each becomes part of one field."""

    def __init__(self, data: bytes, direction: Direction) -> None:
        self.data = covered(data)
        self.direction = direction
        self.at = 0

    @property
    def left(self) -> int:
        """How many bytes are not read yet."""
        return len(self.data) - self.at

    def peek(self, size: int) -> bytes:
        """The next bytes, without reading them; fewer at the end."""
        return self.data[self.at : self.at + size]

    def cover(self, data: bytes) -> None:
        """Let these bytes stand for the next ones."""
        self.data = self.data[: self.at] + data + self.data[self.at + len(data) :]

    def line(self) -> bytes:
        """The next line with its line end, without reading it; without one where the bytes end."""
        end = self.data.find(b"\n", self.at)
        return self.data[self.at : end + 1 if end >= 0 else len(self.data)]

    def field(
        self,
        size: int,
        name: str,
        kind: Kind,
        meaning: str = "",
        source: str = "",
        bits: tuple[Bits, ...] = (),
        plain: bytes | None = None,
    ) -> Field:
        """Read the next `size` bytes as one field."""
        field = Field(self.at, self.peek(size), name, kind, meaning, source, bits, plain)
        self.at += len(field.data)
        return field

    def rest(self, why: str) -> Field:
        """Read what is left as one field that was not understood."""
        return self.field(self.left, "the rest, not understood", "unknown", why)

    def message(self, summary: str, fields: list[Field]) -> Message:
        """Fields that were read, as a message of this direction."""
        return Message(self.direction, summary, tuple(fields))
