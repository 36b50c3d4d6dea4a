"""What is told about a process: lines through a pipe, from its keeper and from itself."""

import asyncio
import os
from collections.abc import Iterator

__all__ = ["Status"]


class Status:
    """The reading end of a process's status pipe; closed at the end of file, or by us."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._pending = b""
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
            if not chunk:
                self.close()
            *lines, self._pending = (self._pending + chunk).split(b"\n")
            for line in lines:
                yield line.decode(errors="replace")

    async def news(self) -> None:
        """Wait until there is something to read, or the end."""
        if self.closed:
            return
        loop = asyncio.get_running_loop()
        told = loop.create_future()
        loop.add_reader(self._descriptor, lambda: None if told.done() else told.set_result(None))
        try:
            await told
        finally:
            loop.remove_reader(self._descriptor)

    def close(self) -> None:
        """Listen no longer."""
        if not self.closed:
            os.close(self._descriptor)
            self._descriptor = -1
