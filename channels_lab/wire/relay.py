"""A relay before a server on this machine: it passes TCP connections on, and may hold answers back, as proxies do."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from types import TracebackType
from typing import Self

from channels_lab.errors import LabError
from channels_lab.wire.accepting import stop_accepting
from channels_lab.wire.relayed_http import Answer, Asked, Put, copy_body, read_head

__all__ = ["Relay"]

_MOST_AT_ONCE = 64 * 1024
_CONNECT = 5.0
_BAD_GATEWAY = b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
_ENDS = (OSError, EOFError, ValueError, asyncio.IncompleteReadError, asyncio.LimitOverrunError, TimeoutError)


class Relay:
    """Relays connections to the loopback port `to`, inside an `async with`; listens on `port`.

    Of an answer, `hold` bytes are held back until they are there or the answer ends, then the next `hold`; 0 holds
    nothing. So does nginx with `proxy_buffering on`, where a buffer has 4 or 8 KiB
    (https://nginx.org/en/docs/http/ngx_http_proxy_module.html#proxy_buffering). As there, an answer with
    `X-Accel-Buffering: no` passes at once, and so does all that follows a 101. A connection on which nothing passes
    for `idle` seconds is cut; a server that is not there is answered for by 502. `held` is how many bytes wait now.
    """

    def __init__(self, to: int, *, hold: int = 8192, idle: float = 60) -> None:
        if hold < 0 or idle <= 0:
            raise LabError("hold= is a number of bytes, idle= of seconds.", "Try hold=8192, or hold=0 to hold nothing.")
        self.to = to
        self.hold = hold
        self.idle = idle
        self.port = 0
        self.held = 0
        self._server: asyncio.Server | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._relay, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._server is not None
        await stop_accepting(self._server)
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._server.wait_closed()

    async def _relay(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        # asyncio.streams complains of a connection's task that was cancelled; ours ends for a reason.
        with contextlib.suppress(asyncio.CancelledError):
            async with _closing(writer):
                try:
                    async with asyncio.timeout(_CONNECT):
                        server = await asyncio.open_connection("127.0.0.1", self.to)
                except (OSError, TimeoutError):
                    writer.write(_BAD_GATEWAY)
                    return
                async with _closing(server[1]):
                    await _Connection(self, (reader, writer), server).run()


_Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]


class _Connection:
    """A client's connection, and the one to the server that goes with it."""

    def __init__(self, relay: Relay, client: _Streams, server: _Streams) -> None:
        self._relay = relay
        self._client, self._server = client, server
        self._asked: asyncio.Queue[Asked] = asyncio.Queue()
        self._switched: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self._waiting = bytearray()
        self._deadline: asyncio.Timeout | None = None

    async def run(self) -> None:
        """Relay both ways until one side has an end, or nothing passes for too long."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(self._relay.idle) as self._deadline:
                ways = [asyncio.create_task(way) for way in (self._up(), self._down())]
                try:
                    await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
                finally:
                    for way in ways:
                        way.cancel()
                    await asyncio.gather(*ways, return_exceptions=True)
                    self._forget()

    async def _up(self) -> None:
        """What the client says, at once."""
        reader, writer = self._client[0], self._server[1]
        with contextlib.suppress(*_ENDS):
            while True:
                head = await read_head(reader)
                asked = Asked.of(head)
                await self._pass(writer, head)
                self._asked.put_nowait(asked)
                await copy_body(reader, asked.body, self._putting(writer))
                if asked.upgrade and await asyncio.shield(self._switched):
                    return await self._copy(reader, writer)

    async def _down(self) -> None:
        """What the server answers, held back."""
        reader, writer = self._server[0], self._client[1]
        with contextlib.suppress(*_ENDS):
            try:
                while True:
                    head = await read_head(reader)
                    answer = Answer.of(head, await self._asked.get())
                    while answer.goes_on:
                        await self._pass(writer, head)
                        head = await read_head(reader)
                        answer = Answer.of(head, answer.asked)
                    if answer.asked.upgrade and not self._switched.done():
                        self._switched.set_result(answer.status == 101)
                    if answer.status == 101:
                        await self._pass(writer, head)
                        return await self._copy(reader, writer)
                    put = self._putting(writer) if answer.unbuffered or not self._relay.hold else self._hold
                    await put(head)
                    await copy_body(reader, answer.body, put)
                    await self._release(len(self._waiting))
            finally:
                if self._waiting and not self._client[1].is_closing():
                    await self._release(len(self._waiting))  # the answer has ended, if badly

    async def _hold(self, data: bytes) -> None:
        self._waiting += data
        self._relay.held += len(data)
        assert self._deadline is not None
        self._deadline.reschedule(asyncio.get_running_loop().time() + self._relay.idle)
        while len(self._waiting) >= self._relay.hold:
            await self._release(self._relay.hold)

    async def _release(self, size: int) -> None:
        part = bytes(self._waiting[:size])
        del self._waiting[:size]
        self._relay.held -= len(part)
        if part:
            await self._pass(self._client[1], part)

    def _forget(self) -> None:
        self._relay.held -= len(self._waiting)
        self._waiting.clear()

    async def _copy(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(_MOST_AT_ONCE):
            await self._pass(writer, data)

    def _putting(self, writer: asyncio.StreamWriter) -> Put:
        async def put(data: bytes) -> None:
            await self._pass(writer, data)

        return put

    async def _pass(self, writer: asyncio.StreamWriter, data: bytes) -> None:
        assert self._deadline is not None
        self._deadline.reschedule(asyncio.get_running_loop().time() + self._relay.idle)
        writer.write(data)
        await writer.drain()


@asynccontextmanager
async def _closing(writer: asyncio.StreamWriter) -> AsyncIterator[None]:
    try:
        yield
    finally:
        writer.close()
        with contextlib.suppress(OSError):
            await writer.wait_closed()
