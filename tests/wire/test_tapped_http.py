"""HTTP through a tap: the same as httpx without it, and all its bytes."""

import asyncio
import socket

import httpx
import pytest

from channels_lab.picture.octets.bytes_view import BytesView
from channels_lab.wire.tap import Tap
from channels_lab.wire.tapped_http import TappedTransport
from tests.live import Site


def tapped(port: int, taps: list[Tap], **options: object) -> httpx.AsyncClient:
    """A client whose connections are noted in `taps`."""

    def new_tap() -> Tap:
        taps.append(Tap("http"))
        return taps[-1]

    transport = TappedTransport(new_tap)
    return httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", transport=transport, trust_env=False, **options)  # type: ignore[arg-type]


async def serve(answer: bytes, hang: bool = False) -> asyncio.Server:
    """A server that answers each connection's first bytes with these, and hangs up, or does not."""

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(1000)
        writer.write(answer)
        await writer.drain()
        if hang:
            await reader.read()
        writer.close()

    return await asyncio.start_server(handle, "127.0.0.1", 0)


def port_of(server: asyncio.Server) -> int:
    """Where it listens."""
    return int(server.sockets[0].getsockname()[1])


def said(tap: Tap) -> list[str]:
    """Who says what."""
    return [f"{one.message.direction} {one.message.summary}" for one in BytesView.of_tap(tap).messages]


async def test_several_requests_on_one_connection(site: Site) -> None:
    """Requests of one client share a connection and its tap; responses are as without it."""
    taps: list[Tap] = []
    plain = httpx.AsyncClient(base_url=f"http://127.0.0.1:{site.port}", trust_env=False)
    async with plain, tapped(site.port, taps) as http:
        for path in ("/one/", "/two/"):
            bare = await plain.get(path)
            response = await http.get(path)
            assert (response.status_code, response.text, [*response.headers]) == (200, bare.text, [*bare.headers])
        await http.post("/three/", data={"a": "한글"})
    (tap,) = taps
    assert [text for text in said(tap) if "request" in text] == [
        "sent request: GET /one/",
        "sent request: GET /two/",
        "sent request: POST /three/",
    ]
    assert [text for text in said(tap) if "response" in text] == ["received response: 200 OK"] * 3
    assert "a=%ED%95%9C%EA%B8%80" in str(BytesView.of_tap(tap))
    assert "not understood" not in str(BytesView.of_tap(tap))


async def test_a_stream_in_chunks() -> None:
    """A streamed response arrives part by part, and each chunk is noted."""
    head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    taps: list[Tap] = []
    async with (
        await serve(head + b"5\r\nHello\r\n1\r\n!\r\n0\r\n\r\n") as server,
        tapped(port_of(server), taps) as http,
        http.stream("GET", "/") as response,
    ):
        assert b"".join([part async for part in response.aiter_bytes()]) == b"Hello!"
    assert said(taps[0])[2:] == ["received chunk, 5 bytes", "received chunk, 1 byte", "received last chunk"]


async def test_nobody_listens() -> None:
    """A refused connection is httpx' own ConnectError, and has no tap."""
    taps: list[Tap] = []
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        async with tapped(nobody.getsockname()[1], taps) as http:
            with pytest.raises(httpx.ConnectError) as caught:
                await http.get("/")
    assert caught.value.request.url.path == "/"
    assert taps == []


@pytest.mark.parametrize(
    ("answer", "error"),
    [(b"", httpx.RemoteProtocolError), (b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhi", httpx.RemoteProtocolError)],
)
async def test_a_server_that_hangs_up(answer: bytes, error: type[Exception]) -> None:
    """What goes wrong before or within a response is httpx' own exception; what had come is noted."""
    taps: list[Tap] = []
    async with await serve(answer) as server, tapped(port_of(server), taps) as http:
        with pytest.raises(error):
            await http.get("/")
    assert b"".join(chunk.data for chunk in taps[0].chunks if chunk.direction == "received") == answer


async def test_a_server_that_does_not_answer() -> None:
    """A deadline that passes is httpx' own ReadTimeout."""
    async with await serve(b"", hang=True) as server, tapped(port_of(server), [], timeout=0.2) as http:
        with pytest.raises(httpx.ReadTimeout):
            await http.get("/")
