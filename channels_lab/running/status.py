"""What is told about a process: lines through a pipe, from its keeper and from itself."""

import asyncio
import contextlib
import os
from collections.abc import Iterator

__all__ = ["Status"]


# A few lines are all that there is to tell; the process itself may be anybody's.
_MOST_BYTES = 65_536


class Status:
    """The reading end of a process's status pipe; closed at the end of file, by us, or when too much is told."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._pending = b""
        self._told = 0
        self._waiting: list[asyncio.Future[None]] = []
        os.set_blocking(descriptor, False)

    @property
    def closed(self) -> bool:
        """Whether nothing more will be told."""
        return self._descriptor < 0

    def lines(self) -> Iterator[str]:
        """Yield the lines that have come since, without waiting."""
        while not self.closed:
            try:
                chunk = os.read(self._descriptor, 4096)
            except BlockingIOError:
                return
            self._told += len(chunk)
            if not chunk or self._told > _MOST_BYTES:
                self.close()
            *lines, self._pending = (self._pending + chunk).split(b"\n")
            for line in lines:
                yield line.decode(errors="replace")

    async def news(self) -> None:
        """Wait until there is something to read, or the end. Several may wait, in one event loop."""
        if self.closed:
            return
        loop = asyncio.get_running_loop()
        told: asyncio.Future[None] = loop.create_future()
        if not self._waiting:
            loop.add_reader(self._descriptor, self._wake)
        self._waiting.append(told)
        try:
            await told
        finally:
            with contextlib.suppress(ValueError):  # woken already
                self._waiting.remove(told)
                if not self._waiting:
                    loop.remove_reader(self._descriptor)

    def close(self) -> None:
        """Listen no longer."""
        if not self.closed:
            self._wake()
            os.close(self._descriptor)
            self._descriptor = -1

    def _wake(self) -> None:
        """Let all who wait look: whoever reads first takes what there is."""
        waiting, self._waiting = self._waiting, []
        for told in waiting:
            told.get_loop().remove_reader(self._descriptor)
            if not told.done():
                told.set_result(None)
