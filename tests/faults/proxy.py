"""Nginx before Daphnes on the finished site, and bare sockets that talk to them."""

import asyncio
import base64
import os
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager, suppress
from pathlib import Path

from channels_lab.running.nginx import CONFIGURATION, nginx
from channels_lab.running.servers import Listener
from channels_lab.running.warmstart import WarmStart

__all__ = ["Bare", "behind_nginx", "handshake"]


@asynccontextmanager
async def behind_nginx(site: Path, ports: Iterable[int], keeper: WarmStart, **limits: str) -> AsyncIterator[int]:
    """The port of Nginx, with the site's configuration; `limits` are directives with other values."""
    listener = Listener.open()
    port = listener.port
    try:
        process = nginx(site / CONFIGURATION, list(ports), listener=listener, settings=limits, keeper=keeper)
    except BaseException:
        listener.socket.close()
        raise
    try:
        await process.ready()
        listener.socket.close()
        yield port
    finally:
        listener.socket.close()
        await process.stop()


def handshake(port: int, path: str = "/ws/chat/lobby/", **headers: str) -> bytes:
    """A whole opening handshake; `headers` are further ones, by names with underscores."""
    key = base64.b64encode(os.urandom(16)).decode()
    lines = [
        f"GET {path} HTTP/1.1",
        f"Host: 127.0.0.1:{port}",
        f"Origin: http://127.0.0.1:{port}",
        "Connection: Upgrade",
        "Upgrade: websocket",
        "Sec-WebSocket-Version: 13",
        f"Sec-WebSocket-Key: {key}",
        *(f"{name.replace('_', '-')}: {value}" for name, value in headers.items()),
    ]
    return "\r\n".join([*lines, "", ""]).encode("latin-1")


class Bare:
    """A TCP connection to a loopback port that sends what it is given, and answers nothing by itself."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer

    @classmethod
    async def open(cls, port: int, sent: bytes = b"") -> "Bare":
        """Connect, and send what is given."""
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        if sent:
            writer.write(sent)
            await writer.drain()
        return cls(reader, writer)

    async def head(self, timeout: float = 5) -> bytes:
        """The head of the answer."""
        async with asyncio.timeout(timeout):
            return await self.reader.readuntil(b"\r\n\r\n")

    async def rest(self, timeout: float = 10) -> bytes:
        """All that comes until the server hangs up, however it does that."""
        async with asyncio.timeout(timeout):
            came = b""
            try:
                while part := await self.reader.read(65536):
                    came += part
            except ConnectionError:
                pass
            return came

    async def close(self) -> None:
        """Hang up."""
        self.writer.close()
        with suppress(OSError):
            await self.writer.wait_closed()
