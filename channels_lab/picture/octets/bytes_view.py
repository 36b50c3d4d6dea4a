"""The bytes of a connection to look at: each field marked with what it is; text, and a table beside it."""

from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property

from channels_lab.errors import LabError
from channels_lab.picture.octets.conversation import Chunk, Said, conversation
from channels_lab.picture.octets.field import Direction
from channels_lab.picture.octets.folding import Shown, folded
from channels_lab.picture.octets.printable import counted, printable
from channels_lab.picture.octets.table import table
from channels_lab.picture.octets.text import lines
from channels_lab.wire.tap import Tap

__all__ = ["BytesView"]

_LEGEND = "Offsets count from the first byte of each direction; ⟨CRLF⟩ is \\r\\n in Python."


class BytesView:
    """What went over one connection, byte by byte: HTTP/1.1 (RFC 9112) and WebSocket frames (RFC 6455), explained.

    `chunks` are in the order of time; `missed` counts bytes that are not among them; `headers` names those to show,
    where the others are to be left out. `print(view)` shows it as text, a notebook as a table; a long one is folded,
    and says so. `messages` holds all of it.
    """

    def __init__(
        self,
        chunks: Sequence[Chunk],
        title: str = "bytes",
        missed: Mapping[Direction, int] | None = None,
        headers: Iterable[str] | None = None,
    ) -> None:
        self.chunks = tuple(chunks)
        self.title = title
        self._missed = dict(missed or {})
        self._headers = None if headers is None else frozenset(headers)

    @classmethod
    def of(cls, sent: bytes = b"", received: bytes = b"", title: str = "bytes") -> "BytesView":
        """The view of bytes that you have: what a client sent, what it received, or both.

        Raises LabError where these are no bytes.
        """
        for name, data in (("sent", sent), ("received", received)):
            if not isinstance(data, (bytes, bytearray, memoryview)):
                raise LabError(
                    f"{name}= should be bytes, and is {type(data).__name__}.",
                    'Text becomes bytes by "…".encode(); a literal has a b before it: b"GET / HTTP/1.1".',
                )
        return cls([Chunk(0, "sent", bytes(sent)), Chunk(0, "received", bytes(received))], title)

    @classmethod
    def of_tap(cls, tap: Tap, headers: Iterable[str] | None = None) -> "BytesView":
        """The view of what a tap has noted so far."""
        return cls(tap.chunks, tap.name, tap.missed, headers)

    def __str__(self) -> str:
        return self.text()

    def __repr__(self) -> str:
        return f"<{self._caption()}>"

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, str]:
        return {"text/html": self.html(), "text/plain": self.text()}

    @cached_property
    def messages(self) -> list[Said]:
        """All messages, each with its fields and the time (`t`, seconds) of its first byte."""
        return conversation(self.chunks)

    def text(self) -> str:
        """The view as lines of text."""
        legend = [_LEGEND] if self.messages else []
        return "\n".join([self._caption(), *legend, *lines(self._folded)])

    def html(self) -> str:
        """The view as a table; whatever strangers have sent is escaped in it."""
        return table(f"{self._caption()} {_LEGEND}", self._folded)

    @property
    def _folded(self) -> list[Shown | str]:
        return folded(self.messages, self._headers)

    def _caption(self) -> str:
        ways: tuple[Direction, ...] = ("sent", "received")
        counts = [f"{counted(sum(len(c.data) for c in self.chunks if c.direction == way))} {way}" for way in ways]
        caption = f"{printable(self.title, 60)}: {counts[0]}, {counts[1]}."
        for way in ways:
            if more := self._missed.get(way):
                caption += f" {more:,} bytes more were {way}, and not kept."
        return caption
