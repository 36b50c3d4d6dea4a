"""The end of accepting."""

import asyncio
import contextlib
import gc
import socket
import sys
from typing import Any

import pytest
from websockets.asyncio.server import serve

from channels_lab.wire.accepting import stop_accepting


async def ended(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Serve nobody."""
    writer.close()


@pytest.mark.parametrize("kind", ["asyncio", "websockets"])
@pytest.mark.parametrize("turns", range(6))
async def test_who_comes_at_the_end_is_closed(kind: str, turns: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever connects so many turns of the loop before the server closes is closed, too, and nothing leaks."""
    leaks: list[Any] = []
    monkeypatch.setattr(sys, "unraisablehook", leaks.append)
    server: Any = await (
        asyncio.start_server(ended, "127.0.0.1", 0)
        if kind == "asyncio"
        else serve(asyncio.sleep, "127.0.0.1", 0, open_timeout=0.1)  # type: ignore[arg-type]
    )
    with socket.create_connection(next(iter(server.sockets)).getsockname(), timeout=5) as late:
        for _ in range(turns):
            await asyncio.sleep(0)
        await stop_accepting(server)
        async with asyncio.timeout(5):
            await server.wait_closed()
        gc.collect()
        assert not leaks
        with contextlib.suppress(ConnectionResetError):  # it was not even accepted
            assert late.recv(1) == b""
