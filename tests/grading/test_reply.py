"""Replies over HTTP: of whatever a server says so much is taken, for so long, and a clause says what was too much."""

import asyncio
import gzip
import time
from collections.abc import Callable, Iterator

import httpx
import pytest

from channels_lab.grading.reply import MOST_BYTES, Bounded, TooMuch
from tests.patience import within

HEAD = b"HTTP/1.1 200 OK\r\n"
SECONDS = 0.5


def giant() -> Iterator[bytes]:
    yield HEAD + b"Content-Length: 4000000000\r\n\r\n"
    while True:
        yield bytes(65_536)


def endless() -> Iterator[bytes]:
    yield HEAD + b"Transfer-Encoding: chunked\r\n\r\n"
    while True:
        yield b"10000\r\n" + bytes(0x10000) + b"\r\n"


def slow() -> Iterator[bytes]:
    yield HEAD + b"Content-Length: 1000\r\n\r\n"
    while True:
        yield b""
        yield b"x"


def never() -> Iterator[bytes]:
    while True:
        yield b""


def packed() -> Iterator[bytes]:
    body = gzip.compress(bytes(20 << 20))
    yield HEAD + f"Content-Encoding: gzip\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body


def only_headers() -> Iterator[bytes]:
    yield HEAD
    while True:
        yield b"X-More: %s\r\n" % (b"x" * 60_000)


def to_be_continued() -> Iterator[bytes]:
    while True:
        yield b"HTTP/1.1 100 Continue\r\n\r\n"


def elsewhere() -> Iterator[bytes]:
    yield b"HTTP/1.1 302 Found\r\nLocation: http://169.254.169.254/\r\nContent-Length: 0\r\n\r\n"


CASES = {
    giant: f"the answer is longer than {MOST_BYTES >> 20} MiB",
    endless: f"the answer is longer than {MOST_BYTES >> 20} MiB",
    slow: "the answer began, and had not ended after 0.5 s",
    never: "no answer came within 0.5 s",
    packed: "the answer is packed ('gzip'), and nobody asked for that",
    only_headers: "",
    to_be_continued: "no answer came within 0.5 s",
    elsewhere: "it leads to '169.254.169.254', which is not this site",
}


@pytest.mark.parametrize("says", CASES, ids=lambda case: case.__name__)
async def test_what_is_too_much(says: Callable[[], Iterator[bytes]]) -> None:
    """A giant, endless, slow, packed or misleading reply is given up in time, and what it did is said."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await reader.readuntil(b"\r\n\r\n")
            for chunk in says():
                if reader.at_eof():
                    break
                writer.write(chunk)
                await writer.drain()
                if not chunk:
                    await asyncio.sleep(0.05)  # between two words of a slow one
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    async with await asyncio.start_server(serve, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        seconds = SECONDS if f"{SECONDS} s" in CASES[says] else 10 * SECONDS
        client = httpx.AsyncClient(transport=Bounded(seconds), timeout=None, follow_redirects=True)
        began = time.monotonic()
        async with client as http:
            with pytest.raises(httpx.TransportError) as told:
                await http.get(f"http://127.0.0.1:{port}/")
        assert time.monotonic() - began < within(5)
        assert CASES[says] in str(told.value)
        assert not CASES[says] or isinstance(told.value, TooMuch)
