"""Waiting for the thread that synchronous handlers share, in a real server: told by whom, and how long."""

import os
import subprocess
import sys

import pytest

from channels_lab.picture.timeline.spans import timetable
from tests.live import Host, Site

SHARING = """
from pathlib import Path

from channels.generic.websocket import WebsocketConsumer


class Busy(WebsocketConsumer):
    def receive(self, text_data):
        if text_data == "wait":
            Path("go on").read_text()  # a pipe: till somebody writes
        if text_data == "fail":
            raise ValueError("on purpose")
        self.send(text_data)
"""


@pytest.fixture
async def busy(host: Host) -> Site:
    """A server with a synchronous consumer that can be kept at work, till `go_on`."""
    site = await host.serve(SHARING)
    os.mkfifo(site.project / "go on")
    return site


def go_on(site: Site) -> None:
    """Let the consumer that waits go on."""
    (site.project / "go on").write_text("")


async def test_who_waits_for_the_thread(busy: Site) -> None:
    """A synchronous handler that begins when another is done is recorded as late, and its client waits in a picture."""
    async with busy.connect("/ws/busy/", name="alice") as alice, busy.connect("/ws/busy/", name="bob") as bob:
        await alice.send("wait")
        await busy.until("receive", 3)
        await bob.send("hi")
        await bob.receive_nothing(0.2)
        go_on(busy)
        assert await alice.receive() == "wait" and await bob.receive() == "hi"
    [turn] = [event for event in busy.recorded("turn") if event.details["waited"] > 0.15]
    [reached] = [e for e in busy.recorded("receive") if e.details["event"].get("text") == "hi"]
    assert turn.key == reached.key
    lanes = {lane.name: lane for lane in timetable(busy.everything).lanes}
    [waits] = [span for span in lanes["bob"].spans if span.kind == "waiting" and span.end - span.start > 0.15]
    assert waits.text == "hi"
    works = [
        span for span in lanes["bob's consumer"].spans if span.kind == "served" and span.text == "websocket.receive"
    ]
    assert works[-1].start == pytest.approx(turn.t, abs=0.001)


async def test_a_thread_that_is_free(busy: Site) -> None:
    """Of a handler that waits for nobody nothing is told, however long it works."""
    async with busy.connect("/ws/busy/", name="alice") as alice:
        await alice.send("wait")
        await alice.receive_nothing(0.2)
        go_on(busy)
        await alice.receive()
    assert not [event for event in busy.recorded("turn") if event.details["waited"] > 0.15]


async def test_a_handler_that_fails(busy: Site) -> None:
    """What a handler raises ends its own connection, and the thread goes on with the next."""
    async with busy.connect("/ws/busy/", name="alice") as alice, busy.connect("/ws/busy/", name="bob") as bob:
        await alice.send("wait")
        await busy.until("receive", 3)
        await bob.send("fail")
        go_on(busy)
        assert await alice.receive() == "wait"
        assert await bob.wait_closed() == 1011
        await alice.send("still here")
        assert await alice.receive() == "still here"
    [error] = busy.recorded("error")
    assert error.details["error"] == "ValueError: on purpose"


async def test_whoever_waited_has_left(busy: Site) -> None:
    """A handler whose client leaves while it waits is none the worse for it, nor are those that come after."""
    async with busy.connect("/ws/busy/", name="alice") as alice:
        async with busy.connect("/ws/busy/", name="bob") as bob:
            await alice.send("wait")
            await busy.until("receive", 3)
            await bob.send("hi")
        await busy.until("receive", 4)
        go_on(busy)
        assert await alice.receive() == "wait"
        await alice.send("hello")
        assert await alice.receive() == "hello"
    assert "Traceback" not in busy.process.log


def test_what_is_held() -> None:
    """When nothing more is asked of the thread, it does not hold what a call was given."""
    program = [sys.executable, "-c", _HOLDING]
    assert subprocess.run(program, capture_output=True, text=True, timeout=20, check=True).stdout == "freed\n"


_HOLDING = """
import asyncio, gc, os, threading
from asgiref.sync import sync_to_async
from channels_lab.record.turns import watch_turns
from channels_lab.record.variables import Variable

class Held:
    def __del__(self):
        freed.set()

freed = threading.Event()
gc.disable()
watch_turns(Variable(0), print)
asyncio.run(sync_to_async(lambda held: None)(Held()))
print("freed" if freed.wait(5) else "held", flush=True)
os._exit(0)  # as a server of the lab ends
"""
