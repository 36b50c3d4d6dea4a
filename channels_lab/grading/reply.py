"""A reply over HTTP that nobody need be afraid of: bounded in length and in time, and as it was asked for."""

import asyncio
import time
from collections.abc import AsyncIterator

import httpx

__all__ = ["MOST_BYTES", "Bounded", "TooMuch"]

MOST_BYTES = 2 * 2**20


class TooMuch(httpx.TransportError):
    """A reply went beyond its bounds; the message says which, as a clause."""


class Bounded(httpx.AsyncBaseTransport):
    """Asks servers here, and takes of each reply `MOST_BYTES`, for at most `seconds` from the question (None: no end).

    A reply that is packed, which is not asked for, and a redirection to elsewhere are not taken.
    """

    def __init__(self, seconds: float | None) -> None:
        self._seconds = seconds
        # There is no TLS here: certificates need not be read.
        self._transport = httpx.AsyncHTTPTransport(verify=False)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Ask; returns the reply, of which the head has come."""
        if request.url.host != "127.0.0.1":
            raise TooMuch(f"it leads to {request.url.host[:80]!r}, which is not this site")
        request.headers["Accept-Encoding"] = "identity"
        deadline = time.monotonic() + self._seconds if self._seconds else None
        try:
            async with asyncio.timeout(self._seconds):
                reply = await self._transport.handle_async_request(request)
        except TimeoutError:
            raise TooMuch(f"no answer came within {self._seconds:g} s") from None
        packed = reply.headers.get("Content-Encoding", "identity")
        if packed != "identity":
            await reply.aclose()
            raise TooMuch(f"the answer is packed ({packed[:20]!r}), and nobody asked for that")
        assert isinstance(reply.stream, httpx.AsyncByteStream)
        reply.stream = _Stream(reply.stream, deadline, self._seconds)
        return reply

    async def aclose(self) -> None:
        """Close what is open."""
        await self._transport.aclose()


class _Stream(httpx.AsyncByteStream):
    """The body of a reply, within the bounds."""

    def __init__(self, stream: httpx.AsyncByteStream, deadline: float | None, seconds: float | None) -> None:
        self._stream, self._deadline, self._seconds = stream, deadline, seconds

    async def __aiter__(self) -> AsyncIterator[bytes]:
        taken, chunks = 0, aiter(self._stream)
        while True:
            left = None if self._deadline is None else self._deadline - time.monotonic()
            try:
                async with asyncio.timeout(left):
                    chunk = await anext(chunks)
            except StopAsyncIteration:
                return
            except TimeoutError:
                raise TooMuch(f"the answer began, and had not ended after {self._seconds:g} s") from None
            taken += len(chunk)
            if taken > MOST_BYTES:
                raise TooMuch(f"the answer is longer than {MOST_BYTES >> 20} MiB")
            yield chunk

    async def aclose(self) -> None:
        await self._stream.aclose()
