"""The race, against a real Daphne."""

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import httpx
import pytest

from channels_lab.errors import LabError
from channels_lab.measure.lap import Lap
from channels_lab.measure.percentile import percentile
from channels_lab.measure.race import race
from channels_lab.measure.result import Race
from channels_lab.notebook.progress import Progress
from channels_lab.picture.story.teller import tell
from channels_lab.wire.tap import Taps
from channels_lab.wire.traffic import Traffic
from channels_lab.wire.visitor import Visitor
from tests.live import Host, Site

BOARD = Path(__file__).with_name("board.py")
Notices = AsyncIterator[dict[str, Any]]


class Server:
    """A board that is running, and gives visitors."""

    progress = Progress

    def __init__(self, site: Site) -> None:
        self.site = site
        self.taps = Taps()

    def visitor(self, name: str) -> Visitor:
        """A visitor."""
        return Visitor(name, self.site.port, events=self.site.events, taps=self.taps)


@pytest.fixture
async def server(host: Host) -> Server:
    """A board, served by Daphne."""
    (host.project / "board.py").write_text(BOARD.read_text())
    return Server(await host.serve(application="board:application"))


async def asking(visitor: Visitor, after: int = 0) -> Notices:
    """Poll as quickly as the server answers."""
    while True:
        for notice in (await visitor.get("/notices/", params={"after": after})).json()["notices"]:
            after = notice["id"]
            yield notice


async def streaming(visitor: Visitor, after: int = 0) -> Notices:
    """Read one long answer."""
    async with visitor.stream("GET", "/stream/", params={"after": after}) as answer:
        async for line in answer.aiter_lines():
            yield json.loads(line)


async def socket(visitor: Visitor, after: int = 0) -> Notices:
    """Open a WebSocket."""
    async with visitor.connect(f"/?after={after}") as client:
        while True:
            yield await client.receive_json()


async def deaf(visitor: Visitor, after: int = 0) -> Notices:
    """Connect, and hear nothing."""
    async with visitor.connect(f"/?after={after + 1000}") as client:
        yield await client.receive_json(timeout=30)


async def twice(visitor: Visitor, after: int = 0) -> Notices:
    """Give each notice twice."""
    async for notice in socket(visitor, after):
        yield notice
        yield notice


async def test_each_way_gets_each_notice(server: Server) -> None:
    """All notices are counted for each way, with requests, connections and delays that fit it."""
    result = await race(server, {"asking": asking, "stream": streaming, "socket": socket}, notices=8, every=0.03)
    assert [(lap.way, len(lap.delays), lap.missing, lap.again, lap.stopped) for lap in result.laps] == [
        (way, 8, 0, 0, "") for way in ("asking", "stream", "socket")
    ]
    assert result["asking"].traffic.requests > 8
    assert [result[way].traffic.requests for way in ("stream", "socket")] == [1, 1]
    assert [lap.traffic.opened for lap in result.laps] == [lap.traffic.most_open for lap in result.laps] == [1, 1, 1]
    assert all(0 < delay < 5 for lap in result.laps for delay in lap.delays)
    assert all(lap.median <= lap.late for lap in result.laps)


async def test_bytes_are_those_of_the_socket(server: Server) -> None:
    """A visitor's traffic is what the taps on its connections counted, headers included, for HTTP and WebSocket."""
    async with server.visitor("Ada") as ada:
        answer = await ada.get("/notices/")
        request = f"GET /notices/ HTTP/1.1\r\nHost: 127.0.0.1:{server.site.port}\r\n"
        request += "".join(f"{name}: {value}\r\n" for name, value in answer.request.headers.items() if name != "host")
        assert ada.traffic == Traffic(1, len(request) + 2, len(await _raw(server, "/notices/")), 1, 1)
        async with ada.connect("/") as client:
            before = ada.traffic
            await client.send("x" * 100)
            assert ada.traffic.sent - before.sent == 2 + 4 + 100
        assert (ada.traffic.requests, ada.traffic.opened, ada.traffic.most_open) == (2, 2, 2)


async def _raw(server: Server, path: str) -> bytes:
    """The bytes of an answer, by another tap."""
    async with server.visitor("other") as other:
        await other.get(path)
        return b"".join(c.data for c in server.taps.newest("other").chunks if c.direction == "received")


async def test_requests_over_a_kept_connection_are_the_visitors(server: Server) -> None:
    """In a story, each request of a visitor is told of by name, and a later stranger is not."""
    async with server.visitor("Ada") as ada:
        for _ in range(3):
            await ada.get("/notices/")
    await server.site.get("/notices/")
    story = tell(server.site.everything)
    assert [step.source for step in story.steps if step.text.startswith("GET")] == ["Ada"] * 3 + ["HTTP client"]


async def test_what_does_not_come_is_missing(server: Server) -> None:
    """A way that hears nothing ends the race after the patience, and its row says so."""
    result = await race(server, {"deaf": deaf, "socket": socket}, notices=2, every=0.02, patience=0.1)
    assert (result["deaf"].missing, result["deaf"].delays, result["deaf"].median) == (2, (), None)
    assert repr(result).splitlines()[1].split()[:4] == ["deaf", "0", "of", "2"]
    assert "deaf: nothing came." in result.plot().about


async def test_what_comes_twice_is_said(server: Server) -> None:
    """Notices that a way yields twice are counted once, and a remark says how many came twice."""
    result = await race(server, {"twice": twice}, notices=3, every=0.02)
    assert len(result["twice"].delays) == 3
    assert "came twice" in repr(result)


async def test_a_refused_way_stops_and_the_others_go_on(server: Server) -> None:
    """An error of the network ends one way, with its words in a remark."""

    async def lost(visitor: Visitor, after: int = 0) -> Notices:
        yield {"id": after + 1}
        raise httpx.ReadError("gone")

    result = await race(server, {"lost": lost, "socket": socket}, notices=2, every=0.02)
    assert "lost stopped: ReadError: gone" in repr(result)
    assert len(result["socket"].delays) == 2


async def test_an_error_in_a_way_comes_through(server: Server) -> None:
    """A mistake in a way's code is raised as it is, with the way's name."""

    async def wrong(visitor: Visitor, after: int = 0) -> Notices:
        yield {}["id"]

    with pytest.raises(KeyError) as raised:
        await race(server, {"wrong": wrong}, notices=2, every=0.02)
    assert raised.value.__notes__ == ["This was raised by the way 'wrong' of the race."]


@pytest.mark.parametrize(
    ("ways", "options", "word"),
    [
        ({}, {}, "at least one way"),
        ({"a": "text"}, {}, "each is a function"),
        ({"a": socket}, {"notices": 0}, "at least one notice"),
        ({"a": socket}, {"every": 0}, "time between"),
        ({"a": socket}, {"path": "/busy/"}, "answered by 503"),
    ],
)
async def test_what_cannot_be_raced(server: Server, ways: Any, options: Any, word: str) -> None:
    """Without ways, notices, time, or a view that takes them, the race says what it needs."""
    with pytest.raises(LabError, match=word):
        await race(server, ways, **options)


# What is shown


def lap(way: str | float, *delays: float) -> Lap:
    """A lap with these delays in seconds."""
    return Lap(way, delays, 0, 0, Traffic(3, 300, 600, 1, 1))


def test_a_table_of_hostile_names() -> None:
    """The name of a way is text in the table and in the plot."""
    result = Race((lap("<script>alert(1)</script>", 0.1),), 1)
    assert "<script>" not in result._repr_html_() + result.plot().html()


def test_a_name_that_looks_like_a_formula() -> None:
    """Signs that matplotlib would take for mathematics stand in the plot as they are."""
    assert "$a_$ costs $" in Race((lap("$a_$ costs $", 0.1),), 1).plot().svg


def test_numbers_are_an_axis() -> None:
    """With numbers as ways the plot is against them, and names where they are not; both are SVG with their words."""
    for ways in ((0.2, 1), ("a", "b")):
        drawn = Race(tuple(lap(way, 0.1, 0.2) for way in ways), 2).plot()
        ElementTree.fromstring(drawn.svg)
        assert ("interval in s" in drawn.svg) == (ways[0] == 0.2)
        assert "median 150.0 ms, 150 bytes up and 300 down" in drawn.about


@pytest.mark.parametrize(("percent", "value"), [(50, 2), (99, 4), (1, 1), (100, 4)])
def test_percentiles(percent: int, value: float) -> None:
    """The value that so many per cent do not exceed, by nearest rank."""
    assert percentile([4, 1, 3, 2], percent) == value
