"""The relay before a real Daphne: what it holds back, and what passes."""

import asyncio
import time
from collections.abc import AsyncIterator

import httpx
import pytest

from channels_lab.errors import LabError
from channels_lab.wire.relay import Relay
from channels_lab.wire.tap import Taps
from channels_lab.wire.visitor import Visitor
from tests.live import Host, Site
from tests.patience import within

APPLICATION = '''
"""/SIZE/ answers so many bytes at once; /stream/ says one line and goes on; /open/ too, unbuffered."""

import asyncio


async def application(scope, receive, send):
    if scope["type"] == "websocket":
        await receive()
        await send({"type": "websocket.accept"})
        while (event := await receive())["type"] != "websocket.disconnect":
            await send({**event, "type": "websocket.send"})
        return
    path = scope["path"].strip("/")
    body = b""
    while (event := await receive())["type"] == "http.request":
        body += event["body"]
        if not event.get("more_body"):
            break
    headers = [(b"x-accel-buffering", b"no")] if path == "open" else []
    size = int(path) if path.isdecimal() else 0
    if path.isdecimal():
        headers.append((b"content-length", b"%d" % size))
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    more = path in ("open", "stream")
    part = b"." * size if path.isdecimal() else b"%d bytes came" % len(body)
    await send({"type": "http.response.body", "body": part, "more_body": more})
    if more:
        await receive()  # until the client has gone
'''


@pytest.fixture
async def site(host: Host) -> Site:
    """The application, served by Daphne."""
    host.write("held.py", APPLICATION)
    return await host.serve(application="held:application")


@pytest.fixture
async def relay(site: Site) -> AsyncIterator[Relay]:
    """A relay that holds 100 bytes."""
    async with Relay(site.port, hold=100) as relay:
        yield relay


def visitor(port: int) -> Visitor:
    """A visitor to a port."""
    return Visitor("Ada", port, events=[], taps=Taps())


async def first_of(ada: Visitor, path: str, seconds: float = 0.3) -> bytes | None:
    """What comes first of an answer, None when nothing does in time."""
    try:
        async with asyncio.timeout(seconds), ada.stream("GET", path) as answer:
            return await anext(answer.aiter_raw())
    except TimeoutError:
        return None


async def held(relay: Relay, some: bool = True) -> None:
    """Wait until the relay holds something, or nothing. It tells nobody: so this looks."""
    deadline = time.monotonic() + 5
    while bool(relay.held) != some:
        assert time.monotonic() < deadline
        await asyncio.sleep(0.01)


async def test_an_answer_that_goes_on_is_held(relay: Relay) -> None:
    """Of an answer that does not end, nothing comes before the buffer is full."""
    async with visitor(relay.port) as ada:
        assert await first_of(ada, "/stream/") is None


async def test_without_a_buffer_it_passes_at_once(site: Site) -> None:
    """hold=0 passes each byte on when it comes."""
    async with Relay(site.port, hold=0) as relay, visitor(relay.port) as ada:
        assert await first_of(ada, "/stream/", 5) == b"0 bytes came"


async def test_an_unbuffered_answer_passes_at_once(relay: Relay) -> None:
    """An answer with X-Accel-Buffering: no is not held."""
    async with visitor(relay.port) as ada:
        assert await first_of(ada, "/open/", 5) == b"0 bytes came"


@pytest.mark.parametrize("size", [0, 1, 99, 100, 101, 250, 300_000])
async def test_an_answer_that_ends_comes_whole(relay: Relay, size: int) -> None:
    """What ends is passed on whole, and the connection is kept for the next request."""
    async with visitor(relay.port) as ada:
        for _ in range(2):
            assert (await ada.get(f"/{size}/")).content == b"." * size
        assert ada.traffic.opened == 1


async def test_chunks_and_bodies(relay: Relay) -> None:
    """A chunked answer comes whole, and so does what is posted."""
    async with visitor(relay.port) as ada:
        assert (await ada.post("/any/", content=b"x" * 70_000)).content == b"70000 bytes came"


async def test_a_websocket_passes_at_once(relay: Relay) -> None:
    """After a 101 nothing is held, either way."""
    async with visitor(relay.port) as ada, ada.connect("/") as socket:
        for message in ("a", b"b"):
            await socket.send(message)
            assert await socket.receive() == message
        await socket.close(4001)


async def test_an_answer_that_breaks(site: Site, relay: Relay) -> None:
    """What was held of an answer comes when the server ends in the middle of it, and then the end."""
    async with visitor(relay.port) as ada:
        asking = asyncio.create_task(first_of(ada, "/stream/", 5))
        await held(relay)
        await site.process.stop()
        assert await asking == b"0 bytes came"


async def test_nobody_behind_it(site: Site) -> None:
    """A server that is not there is answered for by 502."""
    await site.process.stop()
    async with Relay(site.port) as relay, visitor(relay.port) as ada:
        assert (await ada.get("/")).status_code == httpx.codes.BAD_GATEWAY


async def test_it_ends_with_open_connections(relay: Relay) -> None:
    """Leaving the block ends a stream and a WebSocket that are open, soon."""
    async with Relay(relay.to, hold=0) as short, visitor(short.port) as ada:
        socket = await ada.connect("/")
        async with ada.stream("GET", "/stream/") as answer:
            lines = answer.aiter_raw()
            await anext(lines)
            start = time.monotonic()
            await short.__aexit__(None, None, None)
            with pytest.raises(httpx.HTTPError):
                await anext(lines)
        assert await socket.wait_closed() == 1006
    assert time.monotonic() - start < within(2)


async def test_silence_is_cut(site: Site) -> None:
    """A connection on which nothing passes for so long is ended."""
    async with Relay(site.port, idle=0.2) as relay, visitor(relay.port) as ada, ada.connect("/") as socket:
        assert await socket.wait_closed() == 1006


async def test_a_client_that_leaves(site: Site, relay: Relay) -> None:
    """A client that goes away while an answer is held leaves nothing behind."""
    async with visitor(relay.port) as ada:
        asking = asyncio.create_task(first_of(ada, "/stream/", 5))
        await held(relay)
        asking.cancel()
        await asyncio.wait([asking])
        await held(relay, some=False)


@pytest.mark.parametrize("options", [{"hold": -1}, {"idle": 0}])
def test_what_no_relay_can_do(options: dict[str, float]) -> None:
    """Less than no bytes, or no time, is refused."""
    with pytest.raises(LabError, match="hold="):
        Relay(1, **options)  # type: ignore[arg-type]
