import asyncio
import resource
import time
import xml.etree.ElementTree as xml
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

import psutil
import pytest

from channels_lab.errors import LabError
from channels_lab.measure.levels import Level, Load
from channels_lab.measure.load import load
from channels_lab.notebook.progress import Progress
from channels_lab.running.clock import processor_clock
from channels_lab.running.process import Process, ProcessEnded
from channels_lab.running.usage import Usage, usage_of
from tests.live import Site
from tests.patience import within

CONSUMERS = """
import asyncio

class Echo(AsyncWebsocketConsumer):
    async def receive(self, text_data=None, bytes_data=None):
        await self.send(text_data, bytes_data)

class Mute(AsyncWebsocketConsumer):
    async def receive(self, text_data=None, bytes_data=None):
        pass

class Dies(AsyncWebsocketConsumer):
    heard = 0

    async def receive(self, text_data=None, bytes_data=None):
        Dies.heard += 1
        if Dies.heard > 20:
            os._exit(3)
        await self.send(text_data)

class Fickle(AsyncWebsocketConsumer):
    heard = 0

    async def connect(self):
        self.number = int(self.scope["query_string"])
        if self.number == 3:
            await self.close()
        else:
            await self.accept()

    async def receive(self, text_data=None, bytes_data=None):
        self.heard += 1
        if self.number == 1 and self.heard > 3:
            await self.close(4001)
        elif self.number == 2 and self.heard > 3:
            raise ValueError("not today")
        else:
            await self.send(text_data)

class Slow(AsyncWebsocketConsumer):
    async def receive(self, text_data=None, bytes_data=None):
        await asyncio.sleep(0.3)
        await self.send(text_data)

class Flood(AsyncWebsocketConsumer):
    async def receive(self, text_data=None, bytes_data=None):
        for number in range(50):
            await self.send(bytes_data=b"\\xff\\x00" * number)
            await self.send("{id} <b>" + str(number))
        await self.send(text_data)
"""


@dataclass
class Server:
    """What is measured."""

    process: Process
    port: int
    progress = Progress

    def check(self) -> None:
        """As the lab's servers do."""
        self.process.check()

    def clock(self) -> Callable[[], float]:
        return processor_clock(self.process.pid)

    def usage(self) -> Usage:
        """As the lab's servers have it."""
        return usage_of(self.process.pid)


def measured(site: Site) -> Server:
    return Server(site.process, site.port)


@pytest.fixture
async def server(host) -> Server:
    """The small chat project, with the consumers above."""
    return measured(await host.serve(CONSUMERS))


def heard(site: Site) -> int:
    """How many messages the server has got."""
    return sum(event.details["event"]["type"] == "websocket.receive" for event in site.recorded("receive"))


async def test_messages_are_counted_as_the_server_counts_them(site):
    """Each message that a client sent is counted once, but for one of each client's that warmed up."""
    result = await load(measured(site), clients=(1, 3), seconds=0.2, path="/ws/chat/{client}/")
    assert [level.clients for level in result.levels] == [1, 3]
    assert sum(level.messages for level in result.levels) == heard(site) - 4
    for level in result.levels:
        assert 0 < level.median <= level.longest < within(1000)
        assert level.messages / 0.3 < level.throughput <= level.messages / 0.2
        assert (level.threads > 1, level.memory > 10, level.lost) == (True, True, Counter())


async def test_in_one_room_each_waits_for_its_own_answer(site):
    """Where all hear all, a message is answered by the one that has its word in it."""
    result = await load(measured(site), clients=4, seconds=0.2, path="/ws/chat/all/")
    assert result.levels[0].messages == heard(site) - 4
    sent = sum(event.details["event"]["type"] == "websocket.send" for event in site.recorded("send"))
    assert sent > 3 * heard(site)  # what is said last may come when they have gone


@pytest.mark.parametrize("message", ["hello", "{id}", b"\xff\x00", b"\xff{id}"])
async def test_a_message_may_be_any(server, message):
    """Text and bytes are sent and answered, with and without a word of their own."""
    (level,) = (await load(server, clients=2, seconds=0.05, path="/ws/echo/", message=message)).levels
    assert level.messages >= 2
    assert not level.lost


async def test_what_comes_besides_is_no_answer(server):
    """Bytes, and texts that only look like the message, are passed over until the answer comes."""
    (level,) = (await load(server, clients=2, seconds=0.05, path="/ws/flood/", message="{id}")).levels
    assert level.messages >= 2
    assert not level.lost


async def test_what_is_under_way_at_the_end_is_waited_for(server):
    """An answer that takes longer than the measurement is counted, with all the time that it took."""
    (level,) = (await load(server, clients=5, seconds=0.01, path="/ws/slow/", message="x")).levels
    assert level.messages == 5
    assert level.median >= 300
    assert level.throughput < 5 / 0.3


async def test_a_server_that_dies_is_told(server):
    """A server that ends in the middle is told by its status."""
    with pytest.raises(ProcessEnded, match="status 3"):
        await load(server, clients=5, seconds=5, path="/ws/dies/")


@pytest.mark.parametrize(
    ("path", "told"),
    [
        ("/ws/mute/", "2 no answer within 0.4 s"),
        ("/ws/silent/", "2 not let in within 0.4 s"),
        ("/ws/odd/?refuse", "2 refused with status 403"),
        ("/ws/hang/", "2 no answer within 0.4 s"),
    ],
)
async def test_a_crowd_without_an_answer_ends_by_the_deadline(server, path, told):
    """Where nobody gets an answer, that is an error, in time, with the reason."""
    began = time.monotonic()
    with pytest.raises(LabError, match=f"None of 2 clients got an answer: {told}"):
        await load(server, clients=(2, 10), seconds=0.1, path=path, timeout=0.4)
    assert time.monotonic() - began < within(5)


async def test_clients_that_are_lost_are_counted_and_named(server):
    """Who is refused, closed or dropped is not there to the end; the others go on, and the table says so."""
    result = await load(server, clients=6, seconds=0.3, path="/ws/fickle/?{client}")
    (level,) = result.levels
    assert sorted(level.lost.values()) == [1, 1, 1]
    for said in ("closed with code 4001", "closed with code 1011", "refused with status 403"):
        assert said in " ".join(level.lost)
    assert level.messages > 20
    assert "Lost of 6 clients: 1 " in repr(result)
    assert "closed with code 4001" in result._repr_html_()


@pytest.mark.parametrize(
    "given",
    [
        {"clients": 0},
        {"clients": -1},
        {"clients": ()},
        {"clients": (1, 0)},
        {"clients": True},
        {"clients": 1.5},
        {"clients": "50"},
        {"clients": 10**6},
        {"seconds": 0},
        {"seconds": -1},
        {"seconds": float("nan")},
        {"seconds": float("inf")},
        {"seconds": "1"},
        {"timeout": 0},
        {"path": "ws/chat/"},
        {"path": 5},
        {"message": ""},
        {"message": None},
        {"message": {"message": "hello"}},
    ],
    ids=str,
)
async def test_arguments_that_make_no_sense_are_refused(site, given):
    """A number, a time, a path or a message that cannot be is refused before anybody connects."""
    with pytest.raises(LabError) as caught:
        await load(measured(site), **given)
    assert caught.value.fix
    assert site.recorded("open") == []


async def test_only_a_server_that_runs_is_measured(site):
    """What is no server is told from one; a server that has ended says why."""
    with pytest.raises(LabError, match="'/ws/chat/' is no server"):
        await load("/ws/chat/")
    async with site.connect() as client:
        await client.send("exit 3")
    await site.process.wait_ended(5)
    with pytest.raises(ProcessEnded, match="status 3"):
        await load(measured(site))


async def test_too_few_open_files_are_told_before(site):
    """A kernel, or a server, that may not open so many files is told with its limit and what to do."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (psutil.Process().num_fds() + 30, hard))
        with pytest.raises(LabError, match="50 clients are too many here: this kernel may have"):
            await load(measured(site), clients=50)
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    server = psutil.Process(site.process.pid)
    if hasattr(server, "rlimit"):
        server.rlimit(resource.RLIMIT_NOFILE, (40, hard))
        with pytest.raises(LabError, match="50 clients are too many here: the server may have 40 files") as caught:
            await load(measured(site), clients=50)
        assert "ulimit -n" in caught.value.fix


async def test_an_interrupt_leaves_no_connection(site):
    """A measurement that is cancelled closes what it has opened."""
    task = asyncio.create_task(load(measured(site), clients=20, seconds=60, path="/ws/chat/{client}/"))
    await site.until("receive", 60)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    open_ones = [one for one in psutil.Process().net_connections("tcp") if one.raddr and one.raddr.port == site.port]
    assert [one for one in open_ones if one.status == psutil.CONN_ESTABLISHED] == []


def level(clients: int, lost: Counter[str] | None = None, **given: float) -> Level:
    values = {"messages": 100, "throughput": 1234.5, "median": 0.9, "longest": 12.34, "threads": 3, "memory": 72.25}
    return Level(clients=clients, lost=lost or Counter(), **(values | given))


def test_measurements_are_drawn_together():
    """The plot is an image with a description, names every measurement, and has the tables as text."""
    sync = Load("sync", (level(1), level(200, throughput=2000)))
    other = Load("with <b>$threads$", (level(1), level(50, threads=9)))
    drawn = sync.plot(other)
    root = xml.fromstring(drawn.svg)
    words = " ".join(element.text or "" for element in root.iter())
    assert all(word in words for word in ("Latency", "Throughput", "Threads", "Memory", "with <b>$threads$", "200"))
    assert "sync, 1 to 200 clients: median 0.9 to 0.9 ms" in drawn.about
    assert str(drawn) == f"{sync!r}\n\n{other!r}"
    assert "1,234" in str(drawn)
    assert "<b>" not in drawn.html().replace("&lt;b&gt;", "")


def test_one_measurement_is_drawn_alone():
    """A single crowd without a name makes a plot, too."""
    assert "</svg>" in Load("", (level(1),)).plot().svg


@pytest.mark.parametrize("names", [["", "sync"], ["sync", "sync"], ["a", "b", "c", "d", "e"]])
def test_what_cannot_be_told_apart_is_not_drawn(names):
    """Measurements of one name, without one, or too many, are refused."""
    first, *others = (Load(name, (level(1),)) for name in names)
    with pytest.raises(LabError):
        first.plot(*others)


def test_a_process_that_has_gone_takes_nothing():
    """The usage of a process that is not there is an error in words."""
    with pytest.raises(LabError, match="has gone"):
        usage_of(2**22 + 1)
    assert usage_of(psutil.Process().pid).threads >= 1
