"""What a relay must know of HTTP/1.1: where a message ends, what switches protocols, what may not be held back."""

import asyncio
import re
from collections.abc import Awaitable, Callable
from typing import NamedTuple

__all__ = ["Answer", "Asked", "Put", "copy_body", "read_head"]

Put = Callable[[bytes], Awaitable[None]]
# A body: so many bytes; None for chunks (RFC 9112, 7.1), -1 for all until the end of the connection (6.3).
Body = int | None
_UNTIL_THE_END = -1
_MOST_AT_ONCE = 64 * 1024


class Asked(NamedTuple):
    """Of a request: its method, its body, and whether it asks for another protocol."""

    method: str
    body: Body
    upgrade: bool

    @classmethod
    def of(cls, head: bytes) -> "Asked":
        """Read it from the head of a request; raises ValueError where a length is none."""
        return cls(head.split(b" ", 1)[0].decode("latin1"), _body(head, 0), bool(_header(head, "upgrade")))


class Answer(NamedTuple):
    """Of a response: what was asked, its status, its body, and whether it must not be held back."""

    asked: Asked
    status: int
    body: Body
    unbuffered: bool

    @classmethod
    def of(cls, head: bytes, asked: Asked) -> "Answer":
        """Read it from the head of a response; raises ValueError where there is no status."""
        status = int(head.split(b" ", 2)[1][:3])
        bare = asked.method == "HEAD" or status in (204, 304)
        body = 0 if bare else _body(head, _UNTIL_THE_END)
        return cls(asked, status, body, _header(head, "x-accel-buffering") == "no")

    @property
    def goes_on(self) -> bool:
        """Whether it only says "go on", and the response comes after it (RFC 9110, 15.2)."""
        return 100 <= self.status < 200 and self.status != 101


async def read_head(reader: asyncio.StreamReader) -> bytes:
    """The next message's start line and headers with the empty line; raises at the end of the connection."""
    return await reader.readuntil(b"\r\n\r\n")


async def copy_body(reader: asyncio.StreamReader, body: Body, put: Put) -> None:
    """Read a body as it comes, and hand it to `put`; raises IncompleteReadError when it is cut."""
    if body is None:
        await _copy_chunks(reader, put)
    elif body == _UNTIL_THE_END:
        while data := await reader.read(_MOST_AT_ONCE):
            await put(data)
        raise EOFError
    else:
        await _copy(reader, body, put)


async def _copy(reader: asyncio.StreamReader, size: int, put: Put) -> None:
    while size:
        data = await reader.read(min(size, _MOST_AT_ONCE))
        if not data:
            raise EOFError
        size -= len(data)
        await put(data)


async def _copy_chunks(reader: asyncio.StreamReader, put: Put) -> None:
    while True:
        line = await reader.readuntil(b"\r\n")
        size = int(line.split(b";")[0], 16)
        await put(line)
        if not size:
            break
        await _copy(reader, size + 2, put)
    while True:  # what may follow the last chunk, and the empty line
        line = await reader.readuntil(b"\r\n")
        await put(line)
        if line == b"\r\n":
            return


def _body(head: bytes, without: int) -> Body:
    if "chunked" in _header(head, "transfer-encoding"):
        return None
    length = _header(head, "content-length")
    return int(length) if length else without


def _header(head: bytes, name: str) -> str:
    match = re.search(rb"(?im)^" + name.encode() + rb":[ \t]*([^\r\n]*)", head)
    return match[1].decode("latin1").strip().lower() if match else ""
