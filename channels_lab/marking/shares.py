"""Shares: how many answers of a submission are judged at once, when there are others."""

import asyncio
import contextlib
from collections.abc import AsyncIterator

__all__ = ["Share", "Shares"]


class Shares:
    """Divides `most` places among those who are there, one each at least; to be made in a loop.

    Each answer beside another of its submission needs one more sandbox: that is worth it where a place is free.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._there = 0
        self._changed = asyncio.Condition()

    @contextlib.asynccontextmanager
    async def share(self, most: int) -> AsyncIterator["Share"]:
        """Be there, with a share of `most` places at most."""
        self._there += 1
        try:
            yield Share(self, most)
        finally:
            self._there -= 1
            async with self._changed:
                self._changed.notify_all()

    @contextlib.asynccontextmanager
    async def _place(self, share: "Share") -> AsyncIterator[None]:
        async with self._changed:
            await self._changed.wait_for(lambda: share.taken < min(share.most, max(1, self._most // self._there)))
            share.taken += 1
        try:
            yield
        finally:
            share.taken -= 1
            async with self._changed:
                self._changed.notify_all()


class Share:
    """A share of `most` places at most, of which so many are `taken`."""

    def __init__(self, shares: Shares, most: int) -> None:
        self.most = most
        self.taken = 0
        self._shares = shares

    def place(self) -> contextlib.AbstractAsyncContextManager[None]:
        """Wait for one of its places, and have it."""
        return self._shares._place(self)
