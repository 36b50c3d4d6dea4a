"""A stand-in where Nginx is not installed: it spreads connections over servers, and can nothing else."""

import asyncio
import contextlib
import os
import re
import signal
import socket
from collections import Counter

__all__ = ["StandIn", "stand_in"]

_Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]
_BAD_GATEWAY = b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
_ENDS = (OSError, EOFError, asyncio.IncompleteReadError, asyncio.LimitOverrunError)


def stand_in(args: list[str], descriptors: dict[str, int]) -> None:
    """Run it before the loopback ports ARG…, on the listening socket that was handed in."""
    asyncio.run(_run([int(port) for port in args], descriptors))


async def _run(ports: list[int], descriptors: dict[str, int]) -> None:
    over = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, over.set)
    listening = socket.socket(fileno=descriptors["listen"])
    async with await asyncio.start_server(StandIn(ports).serve, sock=listening):
        os.write(descriptors["status"], b"ready\n")
        os.close(descriptors["status"])
        await over.wait()
        os._exit(0)  # as nginx: connections are cut


class StandIn:
    """Gives each connection to the server with the fewest; one that is not there is passed over.

    The first request is told whose it is, as by deploy/forwarded.conf.
    """

    def __init__(self, ports: list[int]) -> None:
        self._open: Counter[int] = Counter(dict.fromkeys(ports, 0))

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve one connection to its end."""
        with contextlib.suppress(*_ENDS):
            head = await reader.readuntil(b"\r\n\r\n")
            host, port = writer.get_extra_info("peername")
            told = f"X-Forwarded-For: {host}\r\nX-Forwarded-Port: {port}\r\nX-Forwarded-Proto: http\r\n\r\n"
            head = re.sub(rb"(?mi)^X-Forwarded-[^\r]*\r\n", b"", head).removesuffix(b"\r\n") + told.encode()
            for server in sorted(self._open, key=lambda server: self._open[server]):
                with contextlib.suppress(OSError):
                    behind = await asyncio.open_connection("127.0.0.1", server)
                    self._open[server] += 1
                    try:
                        behind[1].write(head)
                        await _both_ways((reader, writer), behind)
                    finally:
                        self._open[server] -= 1
                    break
            else:
                writer.write(_BAD_GATEWAY)
        writer.close()


async def _both_ways(one: _Streams, other: _Streams) -> None:
    """Pass bytes on until one side has an end."""
    ways = [asyncio.create_task(_pass(one[0], other[1])), asyncio.create_task(_pass(other[0], one[1]))]
    try:
        await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for way in ways:
            way.cancel()
        other[1].close()


async def _pass(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(*_ENDS):
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
