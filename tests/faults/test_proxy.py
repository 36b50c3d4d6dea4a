"""Rows 46 to 48 and 75 of the table of faults: what a proxy stands before, and what a bare Daphne does."""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from channels_lab.running.usage import usage_of
from channels_lab.running.warmstart import WarmStart
from channels_lab.wire.handshake import connect
from tests.patience import within
from tests.site.conftest import Serve

from .layered import Chat, Up, until
from .proxy import Bare, behind_nginx, handshake

IDLE = 500
HALF = b"GET /ws/chat/lobby/ HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\n"


@contextlib.asynccontextmanager
async def crowd(port: int, sent: bytes, number: int) -> AsyncIterator[list[Bare]]:
    """So many connections that have sent the same."""
    opened: list[Bare] = []
    try:
        for _ in range(number):
            opened.append(await Bare.open(port, sent))
        yield opened
    finally:
        await asyncio.gather(*(one.close() for one in opened))


async def chat(port: int) -> None:
    """A whole client comes, speaks, is answered, and goes."""
    async with connect(port, "/ws/chat/lobby/", name="guest") as guest:
        await guest.send_json({"message": "hi"})
        assert (await guest.receive_json(5))["message"] == "hi"


# 46: half a handshake, and connections that say nothing


async def test_46_nginx_times_them_out(
    needs: Callable[[str], str], serve: Serve, migrated: Path, keeper: WarmStart
) -> None:
    """Behind Nginx 500 silent connections and 20 half handshakes end in client_header_timeout; Daphne sees none."""
    needs("nginx")
    async with (
        serve(options=("--proxy-headers",)) as up,
        behind_nginx(migrated, [up.port], keeper, client_header_timeout="1s") as port,
        crowd(port, b"", IDLE) as silent,
        crowd(port, HALF, 20) as halves,
    ):
        await chat(port)  # they are in nobody's way
        began = time.monotonic()
        assert await asyncio.gather(*(one.rest() for one in silent)) == [b""] * IDLE
        answers = await asyncio.gather(*(one.rest() for one in halves))
        assert {answer.split(b"\r\n")[0] for answer in answers} <= {b"HTTP/1.1 408 Request Time-out", b""}
        assert time.monotonic() - began < within(5)
        await chat(port)


async def test_46_bare_daphne_keeps_them(serve: Serve) -> None:
    """Without Nginx Daphne keeps them open and serves the others; each costs it less than 50 KiB."""
    async with serve(options=("--websocket_connect_timeout", "3"), record=False) as up:
        await chat(up.port)
        before = usage_of(up.process.pid).memory
        async with crowd(up.port, b"", IDLE) as silent, crowd(up.port, HALF, 20) as halves:
            await chat(up.port)
            assert usage_of(up.process.pid).memory - before < IDLE * 50 / 1024
            waiting = [asyncio.create_task(one.rest()) for one in (*silent, *halves)]
            # Longer than Daphne's own deadline for handshakes: that begins later, when they are whole.
            done, kept = await asyncio.wait(waiting, timeout=4)
            assert (len(done), len(kept)) == (0, IDLE + 20)
            for task in waiting:
                task.cancel()
            await asyncio.gather(*waiting, return_exceptions=True)
        await chat(up.port)


@pytest.mark.slow
async def test_46_bare_daphne_ends_what_is_silent_for_a_minute(serve: Serve) -> None:
    """Without Nginx a silent connection ends after Twisted's 60 s; one that sends a byte now and then does not."""
    async with serve() as up, crowd(up.port, HALF, 2) as (silent, dripping):
        began = time.monotonic()
        async with asyncio.timeout(100):
            ended = asyncio.create_task(silent.rest(90))
            drips = asyncio.create_task(dripping.rest(90))
            while not ended.done():
                await asyncio.wait([ended], timeout=20)
                dripping.writer.write(b"X-Drip: 1\r\n")
        assert 55 < time.monotonic() - began < 80
        assert not drips.done()
        drips.cancel()


# 47: bytes in headers that one server reads otherwise than the next

SMUGGLED = {
    "NUL": b"\x00",
    "vertical tab": b"\x0b",
    "form feed": b"\x0c",
    "file separator": b"\x1c",
    "group separator": b"\x1d",
    "record separator": b"\x1e",
    "next line": b"\x85",
}


@pytest.fixture(params=["bare", "nginx"])
async def port(request: pytest.FixtureRequest, serve: Serve, migrated: Path, keeper: WarmStart) -> AsyncIterator[int]:
    """Where the site is to be reached: at Daphne, and behind Nginx."""
    async with AsyncExitStack() as stack:
        up = await stack.enter_async_context(serve(options=("--proxy-headers",)))
        if request.param == "nginx":
            request.getfixturevalue("needs")("nginx")
            yield await stack.enter_async_context(behind_nginx(migrated, [up.port], keeper))
        else:
            yield up.port


async def test_47_a_smuggling_byte_is_refused(port: int) -> None:
    """A control byte in a header's value earns 400, in a handshake and in a page's request; others are served on."""
    for name, byte in SMUGGLED.items():
        value = f"a{byte.decode('latin-1')}Sec-Evil: yes"
        for request in (
            handshake(port, X_Note=value),
            f"GET /people/login/ HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nX-Note: {value}\r\n\r\n".encode("latin-1"),
        ):
            async with crowd(port, request, 1) as [bad]:
                assert (await bad.head()).startswith((b"HTTP/1.1 400 ", b"HTTP/1.0 400 ")), name
    await chat(port)


@pytest.mark.parametrize("name", ["Bad Name", "Bad\x01Name", "Bad(Name)"])
async def test_47_a_name_that_is_none_does_not_arrive(port: int, name: str) -> None:
    """A header whose name has a space or a sign that no name has is refused, or not passed on; nothing breaks."""
    async with crowd(port, handshake(port, **{name: "yes"}), 1) as [bad]:
        status = (await bad.head()).split()[1]
    assert status in (b"400", b"101")
    await chat(port)


# 48: a peer that is there no more, and never said so


async def test_48_a_dead_peer_is_dropped(
    needs: Callable[[str], str], serve: Serve, migrated: Path, keeper: WarmStart
) -> None:
    """Who answers no ping is dropped in ping-interval + ping-timeout, bare and behind Nginx; who answers stays."""
    needs("nginx")
    pings = ("--proxy-headers", "--ping-interval", "1", "--ping-timeout", "1")
    async with (
        serve(options=pings) as up,
        behind_nginx(migrated, [up.port], keeper) as port,
        connect(port, "/ws/chat/lobby/", name="living") as living,
        crowd(up.port, handshake(up.port), 3) as bare,
        crowd(port, handshake(port), 3) as behind,
    ):
        dead = [*bare, *behind]
        for one in dead:
            assert (await one.head()).startswith(b"HTTP/1.1 101 ")
        began = time.monotonic()
        for came in await asyncio.gather(*(one.rest() for one in dead)):
            assert came[:1] == b"\x89"  # a ping, which nobody answered
        # Daphne looks every two seconds whether a ping is due.
        assert time.monotonic() - began < within(2 + 1 + 1 + 2)
        await living.send_json({"message": "still here"})
        assert (await living.receive_json(5))["message"] == "still here"


# 75: a server is asked to end while people are connected


@pytest.mark.parametrize("chat", ["core", "pubsub"], indirect=True)
async def test_75_a_server_ends_with_people_on_it(needs: Callable[[str], str], chat: Chat, keeper: WarmStart) -> None:
    """Whose Daphne ends comes again by Nginx, and misses nothing; who does not is told to have left, and swept away."""
    needs("nginx")
    one, two = [await chat.serve(name, options=("--proxy-headers",), MULTICHAT_BEAT=0.4) for name in ("one", "two")]
    alice, other_tab = await chat.people(one, "alice", "bob")
    bob, sam = await chat.people(two, "bob", "sam")
    await alice.tells(bob, "before")
    port = await chat.stack.enter_async_context(behind_nginx(chat.site, [two.port, one.port], keeper))
    await two.process.stop()
    assert [await person.client.wait_closed() for person in (bob, sam)] == [1006, 1006]
    await alice.tells(other_tab, "meanwhile")
    again = await chat.again(Up(one.process, port), "bob", after=bob.ids[-1])
    await again.hear(message="meanwhile")
    assert (await alice.hear(msg_type=5))["username"] == "sam"  # and not bob, who has another tab
    await again.tells(alice, "back")
    assert (await again.join())["people"] == ["alice", "bob"]
    await again.tells(other_tab, "end")
    for person in (alice, again):
        await person.hear(message="end")
    for person, number in ((alice, 4), (other_tab, 4), (again, 3)):
        assert person.ids == sorted(set(person.ids)) and len(person.ids) == number

    async def are_swept() -> bool:
        return len(await chat.members(one, "room-1")) == 3

    await until(are_swept)
