"""What two sides said to each other on one connection: HTTP messages, then perhaps frames, in the order of time."""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from channels_lab.picture.octets.deflate import agreed
from channels_lab.picture.octets.field import Direction, Message, Reader
from channels_lab.picture.octets.frames import begins_like_a_frame, read_frames
from channels_lab.picture.octets.http_bytes import HttpMessage, begins_like_http, read_http

__all__ = ["Chunk", "Said", "conversation"]


class Chunk(NamedTuple):
    """Bytes that were sent or received in one go, at `t` (seconds)."""

    t: float
    direction: Direction
    data: bytes


class Said(NamedTuple):
    """A message, and when (`t`, seconds) its first byte went over the wire."""

    t: float
    message: Message


def conversation(chunks: Sequence[Chunk]) -> list[Said]:
    """Take the bytes of one connection apart. Nothing raises: what is not understood is a field that says so.

    In each direction, the fields of all messages together are the bytes that were given. What happened at the same
    time is in the order of the exchanges, requests before their responses.
    """
    sent, received = _Way(chunks, "sent"), _Way(chunks, "received")
    exchange = 0
    while sent.reader.left or received.reader.left:
        exchange += 1
        request = _http(sent, exchange, None)
        response = _response(received, exchange, request)
        if _becomes_websocket(request, response, received.reader):
            inflaters = agreed(response.headers.get("sec-websocket-extensions", "")) if response else {}
            for way in (sent, received):
                way.note(exchange + 1, read_frames(way.reader, inflaters.get(way.reader.direction)))
        elif request is None and response is None:
            for way in (sent, received):
                way.note(exchange + 1, _what_is_no_http(way.reader))
    return [Said(t, message) for t, _, _, message in sorted(sent.said + received.said, key=lambda said: said[:3])]


class _Way:
    """One direction: its bytes, when they went, and what they turn out to say."""

    def __init__(self, chunks: Iterable[Chunk], direction: Direction) -> None:
        self._starts: list[int] = []
        self._times: list[float] = []
        parts, size = [], 0
        for chunk in chunks:
            if chunk.direction == direction and chunk.data:
                self._starts.append(size)
                self._times.append(chunk.t)
                parts.append(chunk.data)
                size += len(chunk.data)
        self.reader = Reader(b"".join(parts), direction)
        self.said: list[tuple[float, int, bool, Message]] = []

    def note(self, exchange: int, messages: list[Message]) -> None:
        for message in messages:
            t = self._times[bisect_right(self._starts, message.offset) - 1]
            self.said.append((t, exchange, message.direction == "received", message))


def _http(way: _Way, exchange: int, request: HttpMessage | None) -> HttpMessage | None:
    """Read a request or a response where there may be one."""
    if not way.reader.left or not begins_like_http(way.reader):
        return None
    http = read_http(way.reader, request)
    way.note(exchange, http.messages)
    return http


def _response(way: _Way, exchange: int, request: HttpMessage | None) -> HttpMessage | None:
    """Read the response, and those before it that only say "go on" (RFC 9110, section 15.2)."""
    response = _http(way, exchange, request)
    while response and 100 <= response.status < 200 and response.status != 101:
        after = _http(way, exchange, request)
        if after is None:
            break
        response = after
    return response


def _becomes_websocket(request: HttpMessage | None, response: HttpMessage | None, received: Reader) -> bool:
    if response:
        return response.status == 101 and (response.upgrades or bool(request and request.upgrades))
    # A client that does not wait for the answer: what it sends can only be frames.
    return bool(request and request.whole and request.upgrades and not received.left)


def _what_is_no_http(reader: Reader) -> list[Message]:
    if not reader.left:
        return []
    if begins_like_a_frame(reader):
        return read_frames(reader)
    return [reader.message("neither HTTP nor a frame", [reader.rest("neither HTTP nor a WebSocket frame")])]
