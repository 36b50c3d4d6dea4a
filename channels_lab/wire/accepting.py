"""The end of accepting: a server of asyncio's that closes leaves nobody in its door."""

import asyncio
import socket
from collections.abc import Iterable
from typing import Protocol

__all__ = ["stop_accepting"]


class _Server(Protocol):
    @property
    def sockets(self) -> Iterable[socket.socket]: ...

    def get_loop(self) -> asyncio.AbstractEventLoop: ...

    def close(self) -> None: ...


async def stop_accepting(server: _Server) -> None:
    """Close an `asyncio.Server`, or one of websockets', after whoever it has accepted is a connection of its own.

    In Python 3.12 `close()` drops, and never closes, a socket that was accepted in the same turn of the event loop
    (`asyncio.selector_events`: its transport asserts that the server is open).
    """
    loop = server.get_loop()
    for listening in server.sockets:
        loop.remove_reader(listening)
    await asyncio.sleep(0)  # one turn: transports of those accepted are made in it
    server.close()
