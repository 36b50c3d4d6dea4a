"""Cases of rules about what stands between a client and the server."""

import asyncio
import contextlib
import re

from channels_lab.wire.handshake import Refused, connect

from .acts import ROOM
from .cases import Case
from .run import Run

__all__ = ["CASES"]

HEADERS = ("--proxy-headers",)


def through(*dropped: str, status: int | None):
    """Knock through a proxy that drops these headers, and be answered with this status; None: be let in."""

    async def act(run: Run) -> None:
        async def pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            with contextlib.suppress(OSError, asyncio.IncompleteReadError):
                head = await reader.readuntil(b"\r\n\r\n")
                for name in dropped:
                    head = re.sub(rf"(?mi)^{name}:.*\r\n".encode(), b"", head)
                host, port = writer.get_extra_info("peername")
                told = f"X-Forwarded-For: {host}\r\nX-Forwarded-Port: {port}\r\n\r\n".encode()
                behind = await asyncio.open_connection("127.0.0.1", run.ports["main"])
                behind[1].write(head.removesuffix(b"\r\n") + told)
                back = asyncio.create_task(copy(behind[0], writer))
                await copy(reader, behind[1])
                await back

        async def copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            with contextlib.suppress(OSError):
                while part := await reader.read(4096):
                    writer.write(part)
            writer.close()

        async with await asyncio.start_server(pass_on, "127.0.0.1", 0) as proxy:
            port = proxy.sockets[0].getsockname()[1]
            try:
                async with connect(port, ROOM, name="alice", events=run.clients):
                    assert status is None
            except Refused as refused:
                assert refused.status == status

    return act


CASES = [
    Case(
        "a proxy that drops Upgrade",
        "upgrade-dropped",
        base="site",
        options=HEADERS,
        act=through("Upgrade", "Connection", status=404),
    ),
    Case(
        "a proxy that passes it on",
        neighbour_of="upgrade-dropped",
        base="site",
        options=HEADERS,
        act=through(status=None),
    ),
]
