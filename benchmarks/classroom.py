"""How late the room's board is with 300 learners, against a page that asks anew every two seconds.

    uv run python benchmarks/classroom.py [--learners N] [--rounds N] [--json]

The command serves a room; learners are in a process of their own, boards in this one. In each round every learner
reports once at a random moment of eight seconds (calm), then all at once (a check that the leader has asked for). Late
is how long it takes from before a learner's report until a board has the row that shows it, at the leader's board and
at three more. The page that asks is told the same, all of it each time, by the same server.
"""

import asyncio
import json
import os
import random
import re
import secrets
import subprocess
import sys
import tempfile
import time
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import httpx
import psutil
from table import Measured, report
from websockets.asyncio.client import connect

from channels_lab.measure.percentile import percentile
from channels_lab.running.clock import processor_clock

ROOT = Path(__file__).resolve().parent.parent


def option(name: str, default: int) -> int:
    return int(sys.argv[sys.argv.index(name) + 1]) if name in sys.argv else default


LEARNERS, ROUNDS = option("--learners", 300), option("--rounds", 3)
CALM, SETTLE, POLL, DEADLINE = 8.0, 3.0, 2.0, 60.0
BOARD, PAGE = "the board", "a page, every 2 s"
FIGURES = ["calm, median", "calm, 99th", "at once, median", "at once, 99th"]


# The learners, in a process of their own


async def learners(address: str, code: str) -> None:
    """Join, say so, and report whenever a line comes: within so many seconds."""
    async with AsyncExitStack() as stack:
        sockets = []
        for number in range(LEARNERS):
            socket = await stack.enter_async_context(connect(address, subprotocols=["classroom"], proxy=None))
            join = {
                "join": code,
                "name": f"Learner {number}",
                "secret": secrets.token_urlsafe(20),
                "sender": "one-kernel",
            }
            await socket.send(json.dumps(join))
            assert "joined" in json.loads(await socket.recv())
            sockets.append(socket)
        print("joined", flush=True)
        for number in range(1, 10_000):
            line = await asyncio.to_thread(sys.stdin.readline)
            if not line:
                return
            await asyncio.gather(*(speak(socket, number, random.uniform(0, float(line))) for socket in sockets))
            print("said", flush=True)


async def speak(socket: Any, number: int, wait: float) -> None:
    await asyncio.sleep(wait)
    # When it was, as words: the leader's board shows them, and both processes have one clock.
    what = {"id": number, "ago": 0, "hand": True, "words": str(time.monotonic())}
    await socket.send(json.dumps({"reports": [what]}))
    async with asyncio.timeout(DEADLINE):
        while "have" not in json.loads(await socket.recv()):
            pass


# The boards


class Board:
    """A leader's board: notes how late each report is."""

    def __init__(self, address: str, headers: dict[str, str], origin: str) -> None:
        self.open = lambda: connect(address, origin=origin, additional_headers=headers, proxy=None, max_size=None)  # type: ignore[arg-type]
        self.late: list[float] = []
        self.seen: set[str] = set()
        self.has_all = asyncio.Event()

    def take(self, text: str | bytes) -> dict[str, Any]:
        now, told = time.monotonic(), json.loads(text)
        for person in told["people"]:
            words = person.get("words")
            if words and words not in self.seen:
                self.seen.add(words)
                self.late.append(now - float(words))
                if len(self.late) == LEARNERS:
                    self.has_all.set()
        return dict(told)

    async def live(self) -> None:
        """As the page does it."""
        async with self.open() as socket:
            have: dict[str, Any] = {"have": 0, "epoch": ""}
            while True:
                await socket.send(json.dumps(have))
                told = self.take(await socket.recv())
                have = {"have": told["revision"], "epoch": told["epoch"]}

    async def poll(self) -> None:
        """Ask for everything, then wait."""
        await asyncio.sleep(random.uniform(0, POLL))
        while True:
            async with self.open() as socket:
                await socket.send('{"have": 0, "epoch": ""}')
                self.take(await socket.recv())
            await asyncio.sleep(POLL)


async def measure(boards: list[Board], crowd: subprocess.Popen[str], within: float) -> list[float]:
    """Let all report, and return how late each was at each board."""
    for board in boards:
        board.late.clear()
        board.has_all.clear()
    assert crowd.stdin and crowd.stdout
    crowd.stdin.write(f"{within}\n")
    crowd.stdin.flush()
    assert await asyncio.to_thread(crowd.stdout.readline) == "said\n"
    async with asyncio.timeout(DEADLINE):
        await asyncio.gather(*(board.has_all.wait() for board in boards))
    return [late for board in boards for late in board.late]


async def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        environment = os.environ | {"CHANNELS_LAB_WORKSPACE": folder, "CHANNELS_LAB_ROOT": str(ROOT)}
        words = [sys.executable, "-m", "channels_lab.cli", "classroom", "--port", "8799"]
        server = subprocess.Popen(words, env=environment, stdout=subprocess.PIPE, text=True)
        assert server.stdout
        said = "".join(
            iter(server.stdout.readline, "Ctrl-C stops it; learning goes on, and what learners report waits for it.\n")
        )
        code, key = (re.search(rf"\?{name}=(\S+)", said)[1] for name in ("code", "key"))  # type: ignore[index]
        url = "http://127.0.0.1:8799"
        async with httpx.AsyncClient(trust_env=False, timeout=DEADLINE) as http:
            cookie = (await http.get(f"{url}/leader?key={key}")).headers["set-cookie"].partition(";")[0]
        crowd = subprocess.Popen(
            [sys.executable, __file__, "--crowd", "ws://127.0.0.1:8799/ws/learner/", code, "--learners", str(LEARNERS)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        try:
            assert crowd.stdout and await asyncio.to_thread(crowd.stdout.readline) == "joined\n"
            process = psutil.Process(server.pid)
            spent, ways = processor_clock(server.pid), []
            for name, how in ((BOARD, Board.live), (PAGE, Board.poll)):
                way = Measured(name)
                ways.append(way)
                boards = [Board("ws://127.0.0.1:8799/ws/leader/", {"Cookie": cookie}, url) for _ in range(4)]
                tasks = [asyncio.create_task(how(board)) for board in boards]
                await asyncio.sleep(SETTLE)
                before = spent()
                for _ in range(ROUNDS):
                    for when, within in (("calm", CALM), ("at once", 0)):
                        late = await measure(boards, crowd, within)
                        way.add(f"{when}, median", percentile(late, 50))
                        way.add(f"{when}, 99th", percentile(late, 99))
                way.cost = (spent() - before) / (2 * ROUNDS * LEARNERS)  # type: ignore[attr-defined]
                for task in tasks:
                    task.cancel()
                await asyncio.gather(*tasks, return_exceptions=True)
            memory = process.memory_info().rss / 2**20
            remarks = [
                f"{LEARNERS} learners, 4 boards; the server has {memory:.0f} MiB at the end.",
                *(f"{way.name}: {way.cost * 1000:.1f} ms of the server's processor a report." for way in ways),  # type: ignore[attr-defined]
            ]
            report("How late the room's board is", ways, FIGURES, PAGE, remarks)
        finally:
            crowd.kill()
            crowd.wait()
            server.terminate()
            server.wait(15)


if __name__ == "__main__":
    if "--crowd" in sys.argv:
        at = sys.argv.index("--crowd")
        asyncio.run(learners(sys.argv[at + 1], sys.argv[at + 2]))
    else:
        asyncio.run(main())
