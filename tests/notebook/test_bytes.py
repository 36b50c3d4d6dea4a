"""The bytes of a server's clients, by name."""

from typing import Any

import httpx
import pytest

from channels_lab.course.filecell import parse_cell
from channels_lab.errors import LabError
from channels_lab.wire.handshake import Refused
from tests.small_course import hello


@pytest.fixture
async def server(lab) -> Any:
    """A server that says hello."""
    lab.workspace.write(parse_cell(hello()), lab.chapter)
    return await lab.daphne("hello:application")


def said(view) -> list[str]:
    """Who says what."""
    return [f"{one.message.direction} {one.message.summary}" for one in view.messages]


async def test_the_newest_connection_is_shown(server):
    """`bytes_view()` is the newest connection, WebSocket or HTTP; with a name, that client's newest."""
    with pytest.raises(LabError, match="Nothing has been connected yet"):
        server.bytes_view()
    async with server.connect("/", name="ada"), server.connect("/bea/", name="bea"):
        assert said(server.bytes_view())[0] == "sent request: GET /bea/"
        assert said(server.bytes_view("ada"))[0] == "sent request: GET /"
    await server.get("/page/")
    for view in (server.bytes_view(), server.bytes_view("http")):
        assert said(view)[:2] == ["sent request: GET /page/", "received response: 200 OK"]
    with pytest.raises(LabError, match="No connection of 'eve' is known") as caught:
        server.bytes_view("eve")
    assert caught.value.fix == "There are those of http, bea, ada."


async def test_an_http_client_has_a_name(server):
    """An HTTP client may have a name; its requests share a connection, and so a view."""
    async with server.http(name="ada", limits=httpx.Limits(max_connections=1)) as http:
        await http.get("/one/")
        await http.get("/two/")
    sent = [text for text in said(server.bytes_view("ada")) if text.startswith("sent")]
    assert sent == ["sent request: GET /one/", "sent request: GET /two/"]


async def test_a_transport_of_ones_own(server):
    """Who gives httpx a transport gets that one, without a tap."""
    async with server.http(transport=httpx.AsyncHTTPTransport()) as http:
        assert (await http.get("/")).text == "hello"
    with pytest.raises(LabError, match="Nothing has been connected yet"):
        server.bytes_view()


async def test_a_refused_connection_is_shown(server):
    """A handshake that was refused is the newest connection, too."""
    with pytest.raises(Refused) as caught:
        await server.connect("/", name="eve", headers={"Sec-WebSocket-Version": "99"})
    assert caught.value.status == 400
    request, response = said(server.bytes_view())
    assert request == "sent request: GET /"
    assert response.startswith("received response: 400 ")


async def test_visitors_come_through_a_relay(server):
    """`relay()` gives visitors, WebSockets and pages as the server does, with their bytes and names."""
    async with server.relay(hold=100) as proxy:
        assert "holds 0 bytes" in repr(proxy)
        assert (await proxy.get("/page/")).text == (await server.get("/page/")).text
        async with proxy.visitor("Ada") as ada, proxy.connect("/", name="Bob") as bob:
            assert (await ada.get("/page/")).status_code == httpx.codes.OK
            await bob.send("Bob")
            assert await bob.receive() == "hello"
    assert said(server.bytes_view("Ada"))[0] == "sent request: GET /page/"
    assert said(server.bytes_view("Bob"))[1] == "received response: 101 Switching Protocols"
