"""HTTP through a tap: the transport that httpx would use itself, on sockets whose bytes are noted."""

from collections.abc import AsyncIterable, AsyncIterator, Callable, Iterable, Iterator
from contextlib import contextmanager
from ssl import SSLContext
from types import TracebackType
from typing import Any, Self

import httpcore
import httpx

from channels_lab.wire.tap import Tap

__all__ = ["Address", "TappedTransport"]

Address = tuple[str, int]


class TappedTransport(httpx.AsyncBaseTransport):
    """A transport for `httpx.AsyncClient(transport=…)`; `new_tap` gives each connection that it opens a tap.

    `on_connected` is called with a new connection's own address, (host, port).
    """

    def __init__(
        self,
        new_tap: Callable[[], Tap],
        limits: httpx.Limits | None = None,
        on_connected: Callable[[Address], None] | None = None,
    ) -> None:
        limits = limits or httpx.Limits(max_connections=100, max_keepalive_connections=20)
        self._pool = httpcore.AsyncConnectionPool(
            max_connections=limits.max_connections,
            max_keepalive_connections=limits.max_keepalive_connections,
            keepalive_expiry=limits.keepalive_expiry,
            network_backend=_Network(new_tap, on_connected),
        )

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send a request, return its response; raises as httpx' own transport does."""
        assert isinstance(request.stream, httpx.AsyncByteStream)
        url = httpcore.URL(
            scheme=request.url.raw_scheme,
            host=request.url.raw_host,
            port=request.url.port,
            target=request.url.raw_path,
        )
        asked = httpcore.Request(
            request.method, url, headers=request.headers.raw, content=request.stream, extensions=request.extensions
        )
        with _errors_of_httpx():
            answer = await self._pool.handle_async_request(asked)
        assert isinstance(answer.stream, AsyncIterable)
        return httpx.Response(
            answer.status, headers=answer.headers, stream=_Body(answer.stream), extensions=answer.extensions
        )

    async def __aenter__(self) -> Self:
        await self._pool.__aenter__()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None = None,
        error: BaseException | None = None,
        trace: TracebackType | None = None,
    ) -> None:
        with _errors_of_httpx():
            await self._pool.__aexit__(kind, error, trace)

    async def aclose(self) -> None:
        """Close its connections."""
        await self._pool.aclose()


@contextmanager
def _errors_of_httpx() -> Iterator[None]:
    """httpcore's exceptions as those of the same name that httpx promises."""
    try:
        yield
    except Exception as error:
        if type(error).__module__.partition(".")[0] != "httpcore" or not hasattr(httpx, type(error).__name__):
            raise
        raise getattr(httpx, type(error).__name__)(str(error)) from error


class _Body(httpx.AsyncByteStream):
    def __init__(self, stream: AsyncIterable[bytes]) -> None:
        self._stream = stream

    async def __aiter__(self) -> AsyncIterator[bytes]:
        with _errors_of_httpx():
            async for part in self._stream:
                yield part

    async def aclose(self) -> None:
        if close := getattr(self._stream, "aclose", None):
            await close()


class _Network(httpcore.AsyncNetworkBackend):
    """The network as ever, each new connection with its tap."""

    def __init__(self, new_tap: Callable[[], Tap], on_connected: Callable[[Address], None] | None) -> None:
        self._network = httpcore.AnyIOBackend()
        self._new_tap = new_tap
        self._on_connected = on_connected

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        stream = await self._network.connect_tcp(host, port, timeout, local_address, socket_options)
        tap = self._new_tap()
        if self._on_connected:
            self._on_connected(stream.get_extra_info("client_addr"))
        return _Stream(stream, tap)

    async def sleep(self, seconds: float) -> None:
        await self._network.sleep(seconds)


class _Stream(httpcore.AsyncNetworkStream):
    """A connection whose bytes are noted."""

    def __init__(self, stream: httpcore.AsyncNetworkStream, tap: Tap) -> None:
        self._stream = stream
        self._tap = tap

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        data = await self._stream.read(max_bytes, timeout)
        self._tap.note("received", data)
        return data

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._tap.note("sent", buffer)
        await self._stream.write(buffer, timeout)

    async def aclose(self) -> None:
        self._tap.end()
        await self._stream.aclose()

    async def start_tls(
        self, ssl_context: SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.AsyncNetworkStream:
        # What is encrypted is noted on its way in and out of the encryption, where it can be read.
        return _Stream(await self._stream.start_tls(ssl_context, server_hostname, timeout), self._tap)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)
