"""The client: what it sends, what it waits for, and what it says when that does not come."""

import asyncio
import socket
import time

import pytest

from channels_lab.errors import LabError
from channels_lab.wire.client import Client, Closed, NothingCame, SomethingCame
from channels_lab.wire.handshake import Refused, connect
from tests.live import Site
from tests.patience import within

# Messages


async def test_text_and_bytes(site: Site) -> None:
    """Text comes back as text, bytes as bytes, in order, and `received` keeps them."""
    async with site.connect() as client:
        for message in ["hi", "한글 🎈", "\u2028 \x00", "x" * 100_000, b"\x00\x01"]:
            await client.send(message)
            back = await client.receive()
            assert back == (message if isinstance(message, str) else message[::-1])
    assert client.received[:2] == ["hi", "한글 🎈"]
    assert len(client.received) == 5


async def test_json(site: Site) -> None:
    """A value survives as JSON, letters as they are."""
    async with site.connect() as client:
        await client.send_json({"name": "한글", "list": [1, None, True]})
        assert await client.receive() == '{"name": "한글", "list": [1, null, true]}'
        await client.send_json([1.5])
        assert await client.receive_json() == [1.5]


async def test_what_is_no_json(site: Site) -> None:
    """receive_json() of other text says what came."""
    async with site.connect(name="alice") as alice:
        await alice.send("hello there")
        with pytest.raises(LabError, match=r"alice expected JSON and got 'hello there'\.") as caught:
            await alice.receive_json()
        assert "receive()" in caught.value.fix


async def test_nothing_comes(site: Site) -> None:
    """receive() says who waited, how long, and that nothing had come before; the next one works."""
    async with site.connect(name="bob") as bob:
        with pytest.raises(NothingCame) as caught:
            await bob.receive(timeout=0.1)
        assert caught.value.message == "bob waited 0.1 s for a message, and none came. Nothing had come before."
        assert "server.diagram()" in caught.value.fix
        await bob.send("still here")
        assert await bob.receive() == "still here"


async def test_nothing_more_comes(site: Site) -> None:
    """After messages have come, the error tells the last five of them."""
    async with site.connect(name="bob") as bob:
        await bob.send("many 7")
        assert [await bob.receive() for _ in range(7)] == [str(number) for number in range(7)]
        with pytest.raises(NothingCame, match=r"Before that came 7: … '2', '3', '4', '5', '6'\."):
            await bob.receive(timeout=0.1)


async def test_long_messages_are_shown_short(site: Site) -> None:
    """An error shows the beginning of a long message, and of bytes their number."""
    async with site.connect(name="bob") as bob:
        await bob.send("y" * 5000)
        with pytest.raises(LabError) as caught:
            await bob.receive_json()
        assert len(caught.value.message) < 300
        await bob.send(b"\xff\xfe")
        await bob.receive()
        with pytest.raises(NothingCame, match="2 bytes: fe ff"):
            await bob.receive(timeout=0.1)


async def test_receive_nothing(site: Site) -> None:
    """receive_nothing() is content with silence, and says what came instead of it."""
    async with site.connect(name="carol") as carol:
        await carol.receive_nothing(timeout=0.1)
        await carol.send("boo")
        with pytest.raises(SomethingCame) as caught:
            await carol.receive_nothing(timeout=5)
        assert caught.value.message == "carol should have received nothing for 5 s, and got 'boo'."
        assert isinstance(caught.value, AssertionError)
        assert carol.received == ["boo"]


# The end


async def test_the_server_closes(site: Site) -> None:
    """wait_closed() returns the server's code; messages that come on the way are kept."""
    async with site.connect() as client:
        await client.send("many 2")
        await client.send("close 4001")
        assert await client.wait_closed() == 4001
        assert client.received == ["0", "1"]


async def test_waiting_for_an_end_that_does_not_come(site: Site) -> None:
    """wait_closed() says that the server did not close."""
    async with site.connect(name="dave") as dave:
        with pytest.raises(NothingCame, match=r"dave waited 0\.1 s for the server to close, and it did not\."):
            await dave.wait_closed(timeout=0.1)


@pytest.mark.parametrize(
    ("action", "message"),
    [
        ("receive", "eve waited for a message, but the connection is closed with code 4002."),
        ("send", "eve could not send, but the connection is closed with code 4002."),
        ("receive_nothing", "eve expected to hear nothing, but the connection is closed with code 4002."),
    ],
)
async def test_a_closed_connection(site: Site, action: str, message: str) -> None:
    """Every call on a closed connection says with which code it was closed."""
    async with site.connect(name="eve") as eve:
        await eve.send("close 4002")
        await eve.wait_closed()
        with pytest.raises(Closed) as caught:
            await getattr(eve, action)(*(["x"] if action == "send" else []))
        assert caught.value.message.startswith(message)
        assert caught.value.code == 4002


async def test_an_exception_in_the_consumer(site: Site) -> None:
    """Code 1011 comes with where to look."""
    async with site.connect(name="eve") as eve:
        await eve.send("raise by mistake")
        with pytest.raises(Closed, match="code 1011") as caught:
            await eve.receive(timeout=5)
        assert "server.log()" in caught.value.fix
    assert "RuntimeError: by mistake" in site.process.log


async def test_the_server_goes(site: Site) -> None:
    """A server that is stopped leaves code 1006, and the error says what that means."""
    async with site.connect(name="eve") as eve:
        await site.process.stop()
        with pytest.raises(Closed, match="code 1006") as caught:
            await eve.receive()
        assert "no close frame came" in caught.value.fix


async def test_closing_with_much_unread(site: Site) -> None:
    """Who leaves without reading what has come says goodbye all the same, and the server hears and answers it."""
    async with site.connect() as client:
        for number in range(60):
            await client.send(str(number))
    assert client.connection.close_code == 1000


async def test_closing_twice(site: Site) -> None:
    """close() of a closed connection does nothing, and its end is noted once."""
    async with site.connect(name="fay") as fay:
        await fay.close(4000, "enough")
        await fay.close()
    assert [event.kind for event in site.events].count("closed") == 1
    assert repr(fay) == "<fay: closed>"


async def test_each_end_of_the_same_name_is_noted(site: Site) -> None:
    """Two connections of the same name each have their end noted."""
    for _ in range(2):
        async with site.connect(name="fay"):
            pass
    assert [event.kind for event in site.events].count("closed") == 2


# The handshake


async def sent_headers(client: Client) -> dict[str, str]:
    """The headers that the server has seen."""
    await client.send("headers")
    return dict(await client.receive_json())


async def test_origin_is_the_servers_own(site: Site) -> None:
    """By default the Origin is that of the server's own pages."""
    async with site.connect() as client:
        assert (await sent_headers(client))["origin"] == f"http://127.0.0.1:{site.port}"


async def test_another_origin_is_refused(site: Site) -> None:
    """A foreign Origin is refused with 403; so is a client without one, and the message says why."""
    for origin in ("http://evil.example", "null", None):
        with pytest.raises(Refused) as caught:
            await site.connect(name="eve", origin=origin)
        assert caught.value.status == 403
        assert caught.value.message == (
            "eve could not connect to /ws/odd/: the server answered 403 instead of 101 Switching Protocols."
        )
        assert "Origin" in caught.value.fix


async def test_cookies_and_headers(site: Site) -> None:
    """Cookies and headers are sent as they are given."""
    async with site.connect(cookies={"a": "1", "b": "2"}, headers={"X-Trace": "yes"}) as client:
        seen = await sent_headers(client)
    assert seen["cookie"] == "a=1; b=2"
    assert seen["x-trace"] == "yes"


async def test_subprotocols(site: Site) -> None:
    """The subprotocol that the server chose is known; none when none was offered."""
    async with site.connect(subprotocols=["chat.v1", "chat.v2"]) as client:
        assert client.subprotocol == "chat.v2"
    async with site.connect() as client:
        assert client.subprotocol is None


@pytest.mark.parametrize(
    ("path", "status", "hint"),
    [
        ("/ws/odd/?refuse", 403, "closed before it accepted"),
        ("/ws/odd/?raise", 500, "server.log()"),
        ("/ws/nowhere/", 500, "server.log()"),
    ],
)
async def test_a_refusal(site: Site, path: str, status: int, hint: str) -> None:
    """A handshake that is refused says so with its status and what that may mean."""
    with pytest.raises(Refused, match=f"the server answered {status}") as caught:
        async with site.connect(path, timeout=10):
            pass
    assert caught.value.status == status
    assert hint in caught.value.fix


async def test_no_answer(site: Site) -> None:
    """A consumer that does not answer the handshake is told after the deadline."""
    began = time.monotonic()
    with pytest.raises(Refused, match=r"no answer came within 0\.3 s") as caught:
        await site.connect("/ws/silent/", timeout=0.3)
    assert caught.value.status is None
    assert "neither accepts nor closes" in caught.value.fix
    assert time.monotonic() - began < within(3)


async def test_no_server() -> None:
    """Where nobody listens, the message says how to start a server."""
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        with pytest.raises(Refused, match="no server listens there") as caught:
            await connect(nobody.getsockname()[1], "/ws/")
    assert "lab.daphne()" in caught.value.fix


@pytest.mark.parametrize("path", ["ws/odd/", "", "http://elsewhere/"])
async def test_what_is_no_path(site: Site, path: str) -> None:
    """A path without its slash is told as such."""
    with pytest.raises(Refused, match="is no path") as caught:
        await site.connect(path)
    assert caught.value.fix == "A path begins with a slash."


async def test_a_path_with_letters(site: Site) -> None:
    """A path with Korean letters and spaces is sent as a browser would."""
    async with site.connect("/ws/odd/?q=한글 x") as client:
        await client.send("fine")
        assert await client.receive() == "fine"


async def test_no_websocket_server() -> None:
    """A server that hangs up without an answer is told as such."""

    async def hang_up(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(10)
        writer.close()

    async with await asyncio.start_server(hang_up, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        with pytest.raises(Refused, match=r"could not connect to /: .+\.") as caught:
            await connect(port, "/")
        assert caught.value.status is None


async def test_a_wait_that_is_cancelled(site: Site) -> None:
    """An interrupted wait leaves a connection that still works."""
    async with site.connect() as client:
        waiting = asyncio.create_task(client.receive(timeout=30))
        await asyncio.sleep(0)
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
        await client.send("after")
        assert await client.receive() == "after"


async def test_a_server_that_does_not_read(site: Site) -> None:
    """send() gives up after its deadline when the server takes nothing any more."""
    async with site.connect("/ws/hang/", name="bob") as bob:
        await bob.send("go")
        with pytest.raises(NothingCame, match=r"bob could not send within 0\.3 s: the server does not read"):
            for _ in range(200):
                await bob.send("x" * 1_000_000, timeout=0.3)
        bob.connection.transport.abort()


async def test_proxy_variables_are_ignored(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """A proxy in the environment has no part in a connection to this machine."""
    for name in ("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "ALL_PROXY", "ws_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    async with site.connect() as client:
        await client.send("direct")
        assert await client.receive() == "direct"


async def test_what_is_neither_text_nor_bytes(site: Site) -> None:
    """A value that is neither text nor bytes is refused with the call that encodes it."""
    async with site.connect() as client:
        with pytest.raises(LabError, match=r"send\(\) takes text or bytes, not a dict\.\nsend_json"):
            await client.send({"message": "hi"})  # type: ignore[arg-type]
