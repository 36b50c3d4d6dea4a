"""The tap: every byte of a real connection, up to its bound."""

import pytest

from channels_lab.errors import LabError
from channels_lab.picture.octets.bytes_view import BytesView
from channels_lab.wire.client import Client
from channels_lab.wire.handshake import Refused
from channels_lab.wire.tap import Tap, Taps
from tests.live import Site


def joined(tap: Tap, direction: str) -> bytes:
    """All that was kept of one direction."""
    return b"".join(chunk.data for chunk in tap.chunks if chunk.direction == direction)


def said(view: BytesView) -> list[str]:
    """Who says what."""
    return [f"{one.message.direction} {one.message.summary}" for one in view.messages]


async def test_a_connection_from_its_handshake_to_its_end(site: Site) -> None:
    """All that client and server said is there in order: handshake, frames, both closes."""
    async with site.connect(name="alice", subprotocols=["chat"]) as alice:
        await alice.send("hi")
        await alice.receive()
        await alice.send(b"\x01\x02")
        await alice.receive()
    view = alice.bytes_view()
    assert said(view) == [
        "sent request: GET /ws/odd/",
        "received response: 101 Switching Protocols",
        "sent text frame, 2 bytes: “hi”",
        "received text frame, 2 bytes: “hi”",
        "sent binary frame, 2 bytes: 2 bytes of data",
        "received binary frame, 2 bytes: 2 bytes of data",
        "sent close frame, 2 bytes: 1000",
        "received close frame, 2 bytes: 1000",
    ]
    assert "fits the key, being" in str(view)
    assert "not understood" not in str(view) and "an error" not in str(view)
    assert str(view).startswith("alice: ")


async def test_a_refused_connection(site: Site) -> None:
    """A refusal keeps what went over the wire: request and response, with the response's body."""
    for path, status in (("/ws/odd/?refuse", "403"), ("/ws/nowhere/", "500")):
        with pytest.raises(Refused) as caught:
            await site.connect(path, name="eve")
        request, response = said(BytesView.of_tap(caught.value.tap))
        assert request == f"sent request: GET {path}"
        assert response.startswith(f"received response: {status} ")
        assert caught.value.tap.name == "eve"


async def test_a_connection_that_was_never_made(site: Site) -> None:
    """Where nothing was sent, the tap is empty."""
    with pytest.raises(Refused) as caught:
        await site.connect("no slash")
    assert caught.value.tap.chunks == []


async def test_each_connection_has_a_tap(site: Site) -> None:
    """The same `connect` awaited twice opens two connections with a tap each."""
    connecting = site.connect(name="alice")
    one, two = await connecting, await connecting
    assert one.tap is not two.tap
    assert len(one.bytes_view().messages) == len(two.bytes_view().messages) == 2
    await one.close()
    await two.close()


async def test_more_than_the_tap_keeps(site: Site) -> None:
    """Of a megabyte the first quarter is kept and the rest counted, both ways; the connection does not mind."""
    async with site.connect() as client:
        for _ in range(10):
            await client.send("x" * 100_000)
            assert len(await client.receive()) == 100_000
    for direction in ("sent", "received"):
        kept, missed = len(joined(client.tap, direction)), client.tap.missed[direction]
        assert kept == 256 * 1024
        assert kept + missed > 1_000_000
    text = str(client.bytes_view())
    assert "bytes more were received, and not kept" in text
    assert "of 100,000 bytes, masked" in text
    assert len(text) < 40_000


async def test_a_client_of_ones_own() -> None:
    """A client that was made without a tap has an empty view."""
    assert Client("solo", None, []).bytes_view().messages == []  # type: ignore[arg-type]


def test_bytes_are_kept_as_they_were() -> None:
    """What may change after it was written is copied."""
    tap, data = Tap(), bytearray(b"abc")
    tap.note("sent", data)
    data[0] = 0
    assert joined(tap, "sent") == b"abc"
    assert repr(tap) == "<tap of client: 1 chunks>"


def test_an_empty_read_is_nothing() -> None:
    """The end of a stream, an empty read, is no chunk."""
    tap = Tap()
    tap.note("received", b"")
    assert tap.chunks == []


# Those of many connections


def test_the_newest() -> None:
    """The newest connection is found, or the newest of a name."""
    taps = Taps()
    first, second = taps.new("alice"), taps.new("bob")
    again = Tap("alice")
    taps.add(again)
    assert taps.newest() is taps.newest("alice") is again
    assert taps.newest("bob") is second
    assert first is not again


def test_nothing_to_find() -> None:
    """Without a connection, and for a name that nobody has, the message says what to do."""
    taps = Taps()
    with pytest.raises(LabError, match="Nothing has been connected yet") as caught:
        taps.newest()
    assert "server.connect" in caught.value.fix
    taps.new("alice")
    taps.new("bob")
    taps.new("alice")
    with pytest.raises(LabError, match="No connection of 'eve' is known") as caught:
        taps.newest("eve")
    assert caught.value.fix == "There are those of alice, bob."


def test_a_thousand_connections() -> None:
    """Of a thousand connections the newest hundred are kept, and ten are named."""
    taps = Taps()
    for number in range(1000):
        taps.new(f"client {number}")
    assert taps.newest("client 900").name == "client 900"
    with pytest.raises(LabError) as caught:
        taps.newest("client 899")
    assert caught.value.fix.endswith("client 991, client 990, ….")
