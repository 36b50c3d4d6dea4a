"""Cases of rules about what stands between a client and the server."""

import asyncio
import contextlib
import re

import pytest

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


async def one_too_many(run: Run) -> None:
    """Come a second time through Nginx, which lets an address have one connection."""
    port = await run.nginx("addresses 1")
    async with connect(port, ROOM, name="alice", events=run.clients):
        with pytest.raises(Refused):
            await connect(port, ROOM, name="bob", events=run.clients)


async def two_of_two(run: Run) -> None:
    """Come twice through Nginx, which lets an address have two connections."""
    port = await run.nginx("addresses 2")
    async with connect(port, ROOM, name="alice", events=run.clients), connect(port, ROOM, events=run.clients):
        pass


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
    Case(
        "more connections than Nginx lets one have",
        "connections-limited",
        base="site",
        options=HEADERS,
        act=one_too_many,
    ),
    Case(
        "as many as it lets one have", neighbour_of="connections-limited", base="site", options=HEADERS, act=two_of_two
    ),
]
