"""One person's client: HTTP requests over connections that are kept, and WebSockets, by one name, counted."""

import time
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from types import TracebackType
from typing import Any, Self

import httpx

from channels_lab.record.events import Event
from channels_lab.wire.handshake import connect
from channels_lab.wire.tap import Tap, Taps
from channels_lab.wire.tapped_http import Address, TappedTransport
from channels_lab.wire.traffic import Traffic

__all__ = ["BROWSER_HEADERS", "Visitor"]

# As long as those of a browser's own fetch(), so that bytes can be compared with a page's.
BROWSER_HEADERS = {
    "sec-ch-ua-platform": '"Linux"',
    "User-Agent": "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/142.0.0.0 Safari/537.36",
    "sec-ch-ua": '"Chromium";v="142", "Not_A Brand";v="99"',
    "sec-ch-ua-mobile": "?0",
    "Accept": "*/*",
    "Sec-Fetch-Site": "same-origin",
    "Sec-Fetch-Mode": "cors",
    "Sec-Fetch-Dest": "empty",
    "Accept-Encoding": "gzip, deflate",
    "Accept-Language": "en-GB,en;q=0.9",
}
# Long polling answers late: the server's own deadline comes first.
_TIMEOUT = httpx.Timeout(10, read=40)


class Visitor:
    """A client with a name for the loopback `port`; use it in an `async with`.

    Its connections are named in diagrams; `traffic` is what they have cost so far. Requests raise as httpx does
    (`httpx.ConnectError` where nobody listens, `httpx.ReadTimeout` after 40 s of silence).
    """

    def __init__(
        self,
        name: str,
        port: int,
        *,
        events: list[Event],
        taps: Taps,
        when_gone: Callable[[], Awaitable[None]] | None = None,
    ) -> None:
        self.name = name
        self._events = events
        self._all_taps = taps
        self._taps: list[Tap] = []
        self._requests = 0
        self._port = port
        self._when_gone = when_gone
        self._http = httpx.AsyncClient(
            base_url=f"http://127.0.0.1:{port}",
            headers=BROWSER_HEADERS | {"Referer": f"http://127.0.0.1:{port}/"},
            timeout=_TIMEOUT,
            trust_env=False,
            transport=TappedTransport(self._new_tap, on_connected=self._connected),
            event_hooks={"request": [self._count]},
        )

    def __repr__(self) -> str:
        return f"<visitor {self.name}: {self.traffic}>"

    @property
    def traffic(self) -> Traffic:
        """What the connections have cost until now."""
        return Traffic.of(self._taps, self._requests)

    async def get(self, path: str, **options: Any) -> httpx.Response:
        """GET a page; the options are httpx' own (`params`, `headers`)."""
        return await self._http.get(path, **options)

    async def post(self, path: str, **options: Any) -> httpx.Response:
        """POST to a page; the options are httpx' own (`data`, `json`, `headers`)."""
        return await self._http.post(path, **options)

    def stream(self, method: str, path: str, **options: Any) -> AbstractAsyncContextManager[httpx.Response]:
        """Ask for an answer that is read as it comes: `async with visitor.stream("GET", path) as answer`."""
        return self._http.stream(method, path, **options)

    def connect(self, path: str, **options: Any) -> connect:
        """Open a WebSocket by the visitor's name; the options are those of `server.connect`."""
        self._requests += 1
        headers = {"User-Agent": BROWSER_HEADERS["User-Agent"]} | options.pop("headers", {})
        return connect(
            self._port,
            path,
            name=self.name,
            headers=headers,
            events=self._events,
            on_tap=self._add,
            when_gone=self._when_gone,
            **options,
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._http.aclose()

    def _new_tap(self) -> Tap:
        tap = Tap(self.name)
        self._add(tap)
        return tap

    def _add(self, tap: Tap) -> None:
        self._taps.append(tap)
        self._all_taps.add(tap)

    def _connected(self, address: Address) -> None:
        self._events.append(Event(time.monotonic(), "client", "keeps", name=self.name, details={"client": [*address]}))

    async def _count(self, request: httpx.Request) -> None:
        self._requests += 1
