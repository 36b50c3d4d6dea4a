"""A call: opening a connection to the answer's server."""

import contextlib
from collections.abc import Awaitable, Callable
from types import TracebackType
from typing import Any

from websockets.exceptions import ConnectionClosed

from channels_lab.grading.caller import MOST_MESSAGE, Caller
from channels_lab.grading.unmet import Unmet
from channels_lab.picture.expectation.expectation import Line
from channels_lab.wire.handshake import Refused, connect

__all__ = ["Call"]


class Call(connect):
    """Opens a connection: `await Call(…)`, or `async with Call(…) as caller`; raises Unmet where it is refused.

    `failing` is awaited with what has been raised, before the connection is closed for it. The rest is `connect`'s.
    """

    def __init__(
        self,
        port: int,
        path: str,
        *,
        script: list[Line],
        settled: Callable[[], Awaitable[None]],
        failing: Callable[[BaseException], Awaitable[None]],
        patience: float,
        **options: Any,
    ) -> None:
        super().__init__(port, path, **options)
        self._options["max_size"] = MOST_MESSAGE
        self._script, self._settled, self._failing, self._patience = script, settled, failing, patience

    def __await__(self) -> Any:
        return self._open().__await__()

    async def __aenter__(self) -> Caller:
        self._client = caller = await self._open()
        return caller

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if isinstance(error, Exception):
            await self._failing(error)
        with contextlib.suppress(ConnectionClosed):  # it has been told
            await super().__aexit__(kind, error, trace)

    async def _open(self) -> Caller:
        try:
            return await self.attempt()
        except Refused as refused:
            self._script.append(Line("server", self.name, "accept"))
            raise Unmet(f"{refused.message.removesuffix('.')}.", refused.fix) from refused

    async def attempt(self) -> Caller:
        """Open it; raises Refused where the server refuses."""
        return Caller.of(await super()._open(), self._script, self._settled, self._patience)
