"""A line between a kernel and the board: it writes down every byte of text that passes, and can be cut."""

import asyncio
import contextlib
import json
import threading
from types import TracebackType
from typing import Any, Self

from websockets.asyncio.client import connect
from websockets.asyncio.server import ServerConnection, serve
from websockets.exceptions import ConnectionClosed

__all__ = ["Between"]


class Between:
    """Listens at `port` in a thread of its own, and passes all on to the board at `to`.

    `up` are the kernels' frames as they came, `headers` those of their handshakes. With `cut_after` set, that many
    frames of kernels are passed on, and the answer to the last of them is not: the line is cut instead, once.
    """

    def __init__(self, to: int) -> None:
        self.port = 0
        self.up: list[str] = []
        self.headers: list[dict[str, str]] = []
        self.cut_after: int | None = None
        self._to = to
        self._ready = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._run()))

    def __enter__(self) -> Self:
        self._thread.start()
        assert self._ready.wait(10)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._loop.call_soon_threadsafe(self._over.set)
        self._thread.join(10)

    @property
    def said(self) -> list[dict[str, Any]]:
        """The kernels' frames, read."""
        return [json.loads(text) for text in self.up]

    async def _run(self) -> None:
        self._loop, self._over = asyncio.get_running_loop(), asyncio.Event()
        async with serve(self._pass_on, "127.0.0.1", 0, subprotocols=["classroom"], close_timeout=1) as server:
            self.port = server.sockets[0].getsockname()[1]
            self._ready.set()
            await self._over.wait()

    async def _pass_on(self, kernel: ServerConnection) -> None:
        assert kernel.request
        self.headers.append(dict(kernel.request.headers.raw_items()))
        address = f"ws://127.0.0.1:{self._to}{kernel.request.path}"
        with contextlib.suppress(ConnectionClosed, OSError):
            async with connect(address, subprotocols=["classroom"], proxy=None) as board:
                down = asyncio.create_task(self._down(board, kernel))
                try:
                    async for text in kernel:
                        self.up.append(text)
                        await board.send(text)
                        if self.cut_after is not None:
                            self.cut_after -= 1
                            if self.cut_after < 0:
                                await asyncio.sleep(0.3)  # the board has it, and its answer is lost
                                self.cut_after = None
                                kernel.transport.abort()
                finally:
                    down.cancel()

    async def _down(self, board: Any, kernel: ServerConnection) -> None:
        async for text in board:
            if self.cut_after != -1:
                await kernel.send(text)
        await kernel.close(board.close_code if board.close_code and board.close_code >= 1000 else 1001)
