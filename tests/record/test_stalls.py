"""A blocked event loop, in a real server: told by the line that blocks it, and only then."""

import asyncio

import pytest

from tests.live import Host, Site

BLOCKER = """
import hashlib
import threading
import time

from asgiref.sync import sync_to_async
from channels.generic.websocket import WebsocketConsumer

going_on = threading.Event()


class Blocker(AsyncWebsocketConsumer):
    async def receive(self, text_data):
        match text_data:
            case "sleep":
                sleep_long()
            case "loop":
                end = time.monotonic() + 0.8
                while time.monotonic() < end:
                    step()
            case "until told":
                going_on.wait()
            case "thread":
                await sync_to_async(compute)()
            case "await":
                await wait_long()
            case "short":
                time.sleep(0.1)
        await self.send(text_data)


class Worker(WebsocketConsumer):
    def receive(self, text_data):
        compute()
        self.send("done")


def sleep_long():
    time.sleep(0.8)


def step():
    return hashlib.sha256(b"x" * 1000).hexdigest()


def compute():
    end = time.monotonic() + 0.8
    while time.monotonic() < end:
        step()


async def wait_long():
    import asyncio
    await asyncio.sleep(0.8)
"""


@pytest.fixture
async def blocker(host: Host) -> Site:
    """A server with consumers that block."""
    return await host.serve(BLOCKER)


async def say(site: Site, *words: str, path: str = "/ws/blocker/") -> None:
    """Send words, and wait for an answer to each."""
    async with site.connect(path) as client:
        for word in words:
            await client.send(word)
            await client.receive(5)


def line_of(site: Site, text: str) -> int:
    """The number of the line of the consumers that is this text."""
    lines = (site.project / "chat/consumers.py").read_text().splitlines()
    return 1 + [line.strip() for line in lines].index(text)


async def test_a_sleep_that_blocks(blocker: Site) -> None:
    """time.sleep in a consumer is told while it lasts, and again at its end with its seconds, by the line."""
    await say(blocker, "sleep")
    seen, over = await blocker.until("stalled", 2)
    assert seen.details["frames"] == over.details["frames"]
    assert [frame[0] for frame in seen.details["frames"]] == ["chat/consumers.py"] * 2
    assert [frame[1:] for frame in seen.details["frames"]] == [
        [line_of(blocker, "sleep_long()"), "receive"],
        [line_of(blocker, "time.sleep(0.8)"), "sleep_long"],
    ]
    assert 0.29 < seen.details["seconds"] < 0.8 and "over" not in seen.details
    assert over.details["over"] is True and 0.6 < over.details["seconds"] < 1.5
    assert seen.t < blocker.recorded("send")[-1].t


async def test_a_loop_of_short_calls(blocker: Site) -> None:
    """A loop that calls a short function again and again blocks, though no line is seen twice."""
    await say(blocker, "loop")
    seen, _ = await blocker.until("stalled", 2)
    assert seen.details["frames"][0] == ["chat/consumers.py", line_of(blocker, "step()"), "receive"] or (
        seen.details["frames"][0][1] == line_of(blocker, "while time.monotonic() < end:")
    )


async def test_it_is_told_while_it_lasts(blocker: Site) -> None:
    """A loop that stays blocked is in the record all the same."""
    async with blocker.connect("/ws/blocker/") as client:
        await client.send("until told")
        [seen] = await blocker.until("stalled")
        assert seen.details["frames"][-1][1] == line_of(blocker, "going_on.wait()")
        blocker.process.keeper.signal(blocker.process.pid, 9)  # type: ignore[arg-type]
        await client.wait_closed()


@pytest.mark.parametrize("word", ["await", "thread", "short"])
async def test_what_does_not_block(blocker: Site, word: str) -> None:
    """Nothing is told of a consumer that awaits, computes in a thread, or blocks for a moment."""
    await say(blocker, word, word)
    assert not blocker.recorded("stalled")


async def test_a_sync_consumer_does_not_block(blocker: Site) -> None:
    """A sync consumer computes in its own thread."""
    await say(blocker, "go", path="/ws/worker/")
    assert not blocker.recorded("stalled")


async def test_a_busy_server_is_not_blocked(blocker: Site) -> None:
    """A server that is kept busy by many clients, each for a moment, is not blocked."""

    async def chat(number: int) -> None:
        async with blocker.connect("/ws/chat/lobby/", name=f"c{number}") as client:
            await asyncio.gather(*(client.send_json({"message": str(n)}) for n in range(20)))
            for _ in range(20):
                await client.receive(20)

    await asyncio.gather(*(chat(number) for number in range(20)))
    assert not blocker.recorded("stalled")


async def test_the_command_that_runs_the_loop_is_not_to_blame(host: Host) -> None:
    """Under manage.py, a blocked loop is told by the consumer's lines, without those of manage.py."""
    site = await host.serve(BLOCKER, command="runserver")
    await say(site, "sleep")
    seen, _ = await site.until("stalled", 2)
    assert {frame[0] for frame in seen.details["frames"]} == {"chat/consumers.py"}
