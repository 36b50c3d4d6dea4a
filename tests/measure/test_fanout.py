"""Fan-out in one room, against a real Daphne."""

import gc
import xml.etree.ElementTree as xml
from collections.abc import Callable
from dataclasses import dataclass

import psutil
import pytest

from channels_lab.errors import LabError
from channels_lab.measure.fanout import FanOut, fan_out
from channels_lab.running.clock import processor_clock
from channels_lab.running.process import Process
from channels_lab.running.usage import Usage, usage_of
from tests.live import Host, Site
from tests.patience import within

CONSUMERS = """
import asyncio


class Hall(AsyncWebsocketConsumer):
    groups = ["hall"]
    inside = late = False

    async def receive(self, text_data=None, bytes_data=None):
        if text_data == "let me in" or text_data == "let me out":
            self.inside = text_data == "let me in"
            await self.send("welcome" if self.inside else '{"error": "no"}')
        elif text_data.startswith("late") and not Hall.late:
            Hall.late = True
            await asyncio.sleep(0.5)
            await self.channel_layer.group_send("hall", {"type": "heard", "text": text_data})
        elif text_data.startswith("cut"):
            await self.close(4001)
        elif text_data.startswith("err"):
            await self.send('{"error": "too fast"}')
        elif not text_data.startswith("mute"):
            await self.channel_layer.group_send("hall", {"type": "heard", "text": text_data})

    async def heard(self, event):
        await self.send(event["text"])
"""
HALL = "/ws/hall/"


@dataclass
class Server:
    """What is measured."""

    process: Process
    port: int

    def check(self) -> None:
        self.process.check()

    def clock(self) -> Callable[[], float]:
        return processor_clock(self.process.pid)

    def usage(self) -> Usage:
        return usage_of(self.process.pid)


@pytest.fixture
async def server(host: Host) -> Server:
    """A hall in which everybody hears everybody."""
    site: Site = await host.serve(CONSUMERS, record=False)
    return Server(site.process, site.port)


async def test_what_one_says_is_counted_at_each(server: Server) -> None:
    """Each message is delivered to each client, in a time, at a price; nobody stays connected."""
    result = await fan_out(server, "hall", clients=7, seconds=0.3, path=HALL, message="say {id}", join="let me in")
    assert (result.name, result.clients, result.lost) == ("hall", 7, 0)
    assert result.delivered > 50
    assert result.work > result.delivered / 2
    assert 0 < result.median <= result.longest < within(3000)
    assert gc.isenabled()
    mine = [one for one in psutil.Process().net_connections("tcp") if one.raddr and one.raddr.port == server.port]
    assert [one for one in mine if one.status == psutil.CONN_ESTABLISHED] == []


async def test_the_first_round_is_not_measured(server: Server) -> None:
    """However long the first message takes, it belongs to warming up."""
    result = await fan_out(server, clients=2, seconds=0.3, path=HALL, message="late {id}")
    assert 0 < result.longest < 500


async def test_long_messages_are_counted_too(server: Server) -> None:
    """Frames whose length takes two and eight bytes more are whole messages."""
    for length in (200, 70_000):
        filling = "x" * length
        result = await fan_out(server, clients=2, seconds=0.2, path=HALL, message=f"say {{id}} {filling[:60_000]}")
        assert result.delivered > 10
        assert result.lost == 0


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"path": "/ws/nowhere/"}, "not let in"),
        ({"join": "let me out"}, 'not let in: {"error": "no"}'),
        ({"message": "err {id}"}, 'refused: {"error": "too fast"}'),
        ({"message": "cut {id}"}, "cut off"),
        ({"message": "mute {id}"}, "Nobody heard anything"),
        ({"clients": 0}, "no number of clients"),
        ({"clients": True}, "no number of clients"),
        ({"clients": 10**6}, "no number of clients"),
        ({"seconds": 0}, "no time"),
        ({"seconds": "1"}, "no time"),
        ({"message": "hello"}, "no place for a text"),
    ],
    ids=str,
)
async def test_what_cannot_be_measured_is_told(server: Server, options: dict[str, object], told: str) -> None:
    """A room that does not let in, refuses, cuts off or is mute, and arguments without sense, are told in words."""
    given = {"clients": 2, "seconds": 0.2, "path": HALL, "message": "say {id}"} | options
    with pytest.raises(LabError) as caught:
        await fan_out(server, **given)  # type: ignore[arg-type]
    assert told in str(caught.value)


async def test_only_a_server_is_measured() -> None:
    """What is no server is told from one."""
    with pytest.raises(LabError, match="'/ws/chat/' is no server"):
        await fan_out("/ws/chat/")  # type: ignore[arg-type]


def test_measurements_stand_beside_each_other() -> None:
    """The table compares the price of a delivery with the first's, as text and as HTML whose names are text."""
    one = FanOut("<b>groups</b>", 50, 1000, 2000, 3, 40, 0)
    two = FanOut("hub", 50, 2500, 5000, 2, 10, 1)
    lines = repr(one.beside(two)).splitlines()
    assert lines[1].split() == ["<b>groups</b>", "50", "1,000", "2,000", "1.0", "3.0", "40.0", "0"]
    assert lines[2].split() == ["hub", "50", "2,500", "5,000", "2.5", "2.0", "10.0", "1"]
    assert "<b>" not in one._repr_html_()
    assert len(repr(two).splitlines()) == 2


def test_measurements_are_drawn() -> None:
    """The plot is a picture that names each measurement, whatever its name, and is the table as text."""
    one = FanOut("one & <only>", 50, 2000.0, 2500.0, 20.0, 60.0, 0)
    two = FanOut("two $x$", 50, 3000.0, 2400.0, 15.0, 50.0, 0)
    drawn = one.beside(two).plot()
    told = "".join(xml.fromstring(drawn.svg).itertext())
    assert "one & <only>" in told and "two $x$" in told and "3,000" in told
    assert str(drawn) == repr(one.beside(two))
    assert "two $x$: 3,000 messages a second, 2,400 for a second of the processor, median 15.0 ms" in drawn.about
