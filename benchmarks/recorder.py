"""What the recorder costs a server that is busy: messages delivered in a room, with the recorder, without, and by hand.

    uv run python benchmarks/recorder.py [--rounds N] [--at-once N] [--json]

A room of 20 clients on each of three servers. In each round the servers are fresh and up together; on each in turn one
client sends ten messages at once and all 20 receive them, until all have had 3,600 deliveries: in short turns, so that
a machine whose speed drifts treats them alike, and in each order equally often. With `--at-once 1` a turn is one
message: then a server finds the processor's caches full of another's work each time, which is not how a busy one
works, but shows what the first message after a pause costs. Once with the sync consumer of chapter 06, once with the
same as an async one. Time is what the server's own process spent on a processor in its turn, by the
kernel's clock of that process: on one core it is the inverse of throughput, and what a server does while it waits for
others is no part of it. Compared are the totals of each round. A round has a keeper of its own, for servers that are
forked from one have the hashes of texts in common; and each way starts first, second and third equally often, for of
three servers that are all the same the last one costs a sync consumer 4 % more. So rounds come in sixes.
"""

import asyncio
import contextlib
import itertools
import json
import math
import os
import signal
import statistics
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from pathlib import Path

from server_ready import BIN, DEADLINE, free_port, handshake, write_project
from table import Measured, report
from websockets.asyncio.client import ClientConnection, connect

from channels_lab.running import servers
from channels_lab.running.clock import processor_clock
from channels_lab.running.warmstart import WarmStart

ROUNDS = int(sys.argv[sys.argv.index("--rounds") + 1]) if "--rounds" in sys.argv else 12
AT_ONCE = int(sys.argv[sys.argv.index("--at-once") + 1]) if "--at-once" in sys.argv else 10
CLIENTS, MESSAGES, WARM_UP = 20, 180, 30
SYNC, ASYNC = "sync", "async"
HAND, OFF, ON = "daphne by hand", "the lab, not recording", "the lab, recording"
ROOM = "/ws/chat/lobby/"

ASYNC_CONSUMER = """
import json

from channels.generic.websocket import AsyncWebsocketConsumer

from chat.messages import read_message
from chat.rooms import group_name


class ChatConsumer(AsyncWebsocketConsumer):
    async def connect(self):
        self.group = group_name(self.scope["url_route"]["kwargs"]["room"])
        await self.channel_layer.group_add(self.group, self.channel_name)
        await self.accept()

    async def disconnect(self, code):
        await self.channel_layer.group_discard(self.group, self.channel_name)

    async def receive(self, text_data=None, bytes_data=None):
        message = read_message(text_data)
        event = {"type": "chat.message", "username": "guest", "message": message}
        await self.channel_layer.group_send(self.group, event)

    async def chat_message(self, event):
        await self.send(json.dumps({"username": event["username"], "message": event["message"]}))
"""


@dataclass
class Room:
    """A room of clients on one server, the first of whom speaks; `spent` tells the server's processor seconds."""

    way: Measured
    clients: list[ClientConnection]
    spent: Callable[[], float]

    async def say(self) -> float:
        """Send some messages, and receive them everywhere; returns the processor seconds that the server spent."""
        before = self.spent()
        async with asyncio.timeout(DEADLINE):
            for number in range(AT_ONCE):
                await self.clients[0].send(json.dumps({"message": f"message {number}"}))
            await asyncio.gather(*(self._hear(client) for client in self.clients))
        return self.spent() - before

    async def _hear(self, client: ClientConnection) -> None:
        for _ in range(AT_ONCE):
            await client.recv()


@contextlib.asynccontextmanager
async def by_hand(project: Path) -> AsyncIterator[tuple[int, int]]:
    """A Daphne as a person would type it: (port, pid)."""
    port = free_port()
    process = subprocess.Popen(
        [str(BIN / "daphne"), "-p", str(port), "config.asgi:application"],
        cwd=project,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        await handshake(port)
        yield port, process.pid
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait(DEADLINE)


@contextlib.asynccontextmanager
async def by_lab(project: Path, keeper: WarmStart, *, record: bool) -> AsyncIterator[tuple[int, int]]:
    """The lab's, with or without its recorder: (port, pid)."""
    listener = servers.Listener.open()
    with listener.socket:
        process = servers.daphne(project, listener=listener, keeper=keeper, record=record)
        try:
            await process.ready(DEADLINE)
            yield listener.port, process.pid
        finally:
            await process.stop()


SERVERS = {
    HAND: lambda project, keeper: by_hand(project),
    OFF: lambda project, keeper: by_lab(project, keeper, record=False),
    ON: lambda project, keeper: by_lab(project, keeper, record=True),
}


async def measure(kind: str, project: Path, ways: tuple[Measured, ...], keeper: WarmStart) -> None:
    """One round: a room on each of the three servers, which start in this order and chat in turn."""
    async with contextlib.AsyncExitStack() as stack:
        rooms = []
        for way in ways:
            port, pid = await stack.enter_async_context(SERVERS[way.name](project, keeper))
            address, origin = f"ws://127.0.0.1:{port}{ROOM}", f"http://127.0.0.1:{port}"
            clients = [
                await stack.enter_async_context(connect(address, origin=origin, proxy=None)) for _ in range(CLIENTS)
            ]
            rooms.append(Room(way, clients, processor_clock(pid)))
        orders = list(itertools.permutations(rooms))
        for _ in range(0, WARM_UP, AT_ONCE):
            for room in rooms:
                await room.say()
        totals = {room.way.name: 0.0 for room in rooms}
        for number in range(MESSAGES // AT_ONCE):
            for room in orders[number % len(orders)]:
                totals[room.way.name] += await room.say()
        for room in rooms:
            room.way.add(kind, totals[room.way.name])


async def main() -> None:
    """Measure and report."""
    hand, off, on = Measured(HAND), Measured(OFF), Measured(ON)
    orders = list(itertools.permutations([hand, off, on]))
    with tempfile.TemporaryDirectory() as folder:
        for kind in (SYNC, ASYNC):
            project = Path(folder) / kind
            project.mkdir()
            write_project(project)
            if kind == ASYNC:
                (project / "chat" / "consumers.py").write_text(ASYNC_CONSUMER)
        for number in range(ROUNDS):
            keeper = WarmStart()
            keeper.wait_until_warm()
            for kind in (SYNC, ASYNC):
                await measure(kind, Path(folder) / kind, orders[number % len(orders)], keeper)
            keeper.close()
    remarks = [_compared(kind, *pair) for kind in (SYNC, ASYNC) for pair in ((on, off), (on, hand), (off, hand))]
    title = (
        f"Processor time of a server for {CLIENTS * MESSAGES:,} deliveries, {AT_ONCE} messages at once: {ROUNDS} rounds"
    )
    report(title, [hand, off, on], [SYNC, ASYNC], off.name, remarks)


def _compared(kind: str, way: Measured, other: Measured) -> str:
    """How much more one way costs than another, round by round: the median, and where it lies in 95 of 100 runs."""
    pairs = list(zip(way.figures[kind], other.figures[kind], strict=True))
    ratios = sorted(one / two - 1 for one, two in pairs)
    least = max(0, int((len(ratios) - 1.96 * math.sqrt(len(ratios))) / 2))  # by the binomial distribution
    microseconds = statistics.median(one - two for one, two in pairs) / (CLIENTS * MESSAGES) * 1e6
    return (
        f"{kind}: {way.name} costs {statistics.median(ratios):+.1%} against {other.name} "
        f"({ratios[least]:+.1%} to {ratios[-1 - least]:+.1%}); {microseconds:+.1f} µs a delivery."
    )


if __name__ == "__main__":
    asyncio.run(main())
