"""What a chat delivers: messages a second and their latency, in a room of 50 and of 200 clients.

    uv run python benchmarks/chat.py [--rounds N] [--seconds S] [--clients N,N] [--only WORD] [--json]

Against each other: the tutorial of Channels (its async and its sync consumer), the finished site's chat, the same with
its hub, and as the limit a bare ASGI application without Channels; each on a fresh Daphne, as `daphne` starts it. The
layer is the one in memory, Redis' core layer, or its Pub/Sub layer. In each round everybody has a turn; compared are
medians of the rounds. The server has one processor core for itself; clients, and Valkey, have another. Four messages
are under way at any time, and clients speak in turn.
"""

import asyncio
import contextlib
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path

from crowd import Crowd, Heard, Way, on_core
from recorder import processor_clock
from rich.console import Console
from rich.table import Table

from channels_lab.course.course import Course
from channels_lab.measure.percentile import percentile
from channels_lab.running import servers
from channels_lab.running.warmstart import WarmStart

__all__ = ["Contestant", "Score", "main", "prepare"]

HERE = Path(__file__).parent
MEMORY, CORE, PUBSUB = "memory", "Redis", "Pub/Sub"
BACKENDS = {
    MEMORY: "channels.layers.InMemoryChannelLayer",
    CORE: "channels_redis.core.RedisChannelLayer",
    PUBSUB: "channels_redis.pubsub.RedisPubSubChannelLayer",
}
BARE, SYNC, TUTORIAL, SITE, HUB = "bare, no Channels", "tutorial, sync", "tutorial, async", "site", "site, hub"
SETTINGS = """
import os
from config.settings import *

CHANNEL_LAYERS = {"default": {"BACKEND": os.environ["BENCHMARK_LAYER"]}}
if REDIS_URL:
    CHANNEL_LAYERS["default"]["CONFIG"] = {"hosts": [{"address": REDIS_URL, "socket_timeout": None}]}
"""
PEOPLE = """
import json
from django.contrib.auth.models import User
from django.test import Client

cookies = []
for number in range(NUMBER):
    client = Client()
    client.force_login(User.objects.create(username=f"guest{number}"))
    cookies.append("sessionid=" + client.cookies["sessionid"].value)
print(json.dumps(cookies))
"""


@dataclass(frozen=True)
class Contestant:
    """One who delivers: its application, how to talk to it, over which layer, with which environment."""

    name: str
    application: str
    way: Way
    layer: str = MEMORY
    env: tuple[tuple[str, str], ...] = ()
    people: bool = False


@dataclass
class Score:
    """What one contestant did with one number of clients: a figure for each round."""

    delivered: list[float] = field(default_factory=list)  # a second
    median: list[float] = field(default_factory=list)  # seconds
    late: list[float] = field(default_factory=list)
    work: list[float] = field(default_factory=list)  # deliveries in a second of the server's processor
    busy: list[float] = field(default_factory=list)  # of the clients' core
    lost: int = 0

    def add(self, heard: Heard) -> None:
        """Note one round."""
        number = len(heard.latencies)
        self.delivered.append(number / heard.seconds)
        self.work.append(number / heard.spent)
        self.median.append(percentile(heard.latencies, 50) if number else PATIENCE_OVER)
        self.late.append(percentile(heard.latencies, 99) if number else PATIENCE_OVER)
        self.busy.append(heard.busy)
        self.lost += heard.lost


PATIENCE_OVER = float("inf")


def contestants() -> list[Contestant]:
    """All of them, the limit first."""
    old = Way("/ws/async/lobby/")
    room = Way(
        "/ws/rooms/",
        say='{"command": "send", "room": 1, "message": "TEXT"}',
        enter='{"command": "join", "room": 1}',
        entered='"join"',
    )
    site = "config.asgi:application"
    found = [
        Contestant(BARE, "bare:application", Way("/")),
        Contestant(SYNC, "tutorial:application", Way("/ws/sync/lobby/")),
    ]
    for layer in BACKENDS:
        found += [
            Contestant(TUTORIAL, "tutorial:application", old, layer),
            Contestant(SITE, site, room, layer, people=True),
            Contestant(HUB, site, room, layer, (("MULTICHAT_HUB", "on"),), people=True),
        ]
    return found


def prepare(folder: Path, people: int) -> list[str]:
    """The finished site in a folder, with the other contestants; returns the cookies of so many people."""
    course = Course.find(HERE)
    shutil.copytree(os.environ.get("BENCH_SITE") or course.root / "tutorial_project", folder, ignore=shutil.ignore_patterns(".*", "db.sqlite3*"))
    for other in (HERE / "contestants").glob("*.py"):
        shutil.copy(other, folder)
    (folder / "benchmark_settings.py").write_text(SETTINGS)
    for words in (["migrate", "-v0"], ["shell", "-v0", "-c", PEOPLE.replace("NUMBER", str(people))]):
        done = subprocess.run([sys.executable, "manage.py", *words], cwd=folder, check=True, stdout=subprocess.PIPE)
    cookies: list[str] = json.loads(done.stdout.splitlines()[-1])
    return cookies


@contextlib.asynccontextmanager
async def serving(
    one: Contestant, project: Path, redis: str, keeper: WarmStart
) -> AsyncIterator[tuple[servers.Process, int]]:
    """A fresh Daphne of a contestant, on the first core."""
    env = {"DJANGO_SETTINGS_MODULE": "benchmark_settings", "BENCHMARK_LAYER": BACKENDS[one.layer]}
    env |= {"REDIS_URL": redis if one.layer != MEMORY else ""} | dict(one.env)
    listener = servers.Listener.open()
    with listener.socket:
        # Cold, as a person would start it: a warm one has a part of its heap frozen.
        process = servers.daphne(
            project, one.application, listener=listener, keeper=keeper, record=False, cold=True, env=env
        )
        try:
            await process.ready(30)
            on_core(process.pid, FIRST)
            yield process, listener.port
        finally:
            await process.stop()


CORES = sorted(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else []
FIRST, LAST = (CORES[0], CORES[-1]) if CORES else (0, 0)


async def measure(
    one: Contestant, crowds: list[int], seconds: float, project: Path, redis: str, keeper: WarmStart, cookies: list[str]
) -> dict[int, Heard]:
    """One turn of a contestant: what each crowd heard, and the seconds that the server's processor spent."""
    found = {}
    async with serving(one, project, redis, keeper) as (process, port):
        clock = processor_clock(process.pid)
        for number in crowds:
            async with Crowd(port, one.way, number, cookies if one.people else []) as crowd:
                found[number] = await crowd.talk(seconds, clock)
        process.check()
    return found


def option(name: str, default: str) -> str:
    """A word of the command line."""
    return sys.argv[sys.argv.index(name) + 1] if name in sys.argv else default


async def main() -> None:
    """Measure and report."""
    rounds, seconds = int(option("--rounds", "5")), float(option("--seconds", "1"))
    crowds = [int(number) for number in option("--clients", "50,200").split(",")]
    chosen = [one for one in contestants() if option("--only", "") in f"{one.name}, {one.layer}"]
    scores = {(one, number): Score() for one in chosen for number in crowds}
    on_core(0, LAST)
    keeper = WarmStart()
    keeper.wait_until_warm()
    with tempfile.TemporaryDirectory() as folder:
        project = Path(folder) / "site"
        cookies = prepare(project, max(crowds))
        redis = await servers.redis(keeper=keeper)
        try:
            for number in range(rounds):
                # Who is first is last the next time.
                for one in chosen if number % 2 else chosen[::-1]:
                    heard = await measure(one, crowds, seconds, project, redis.url, keeper, cookies)
                    for size, of_crowd in heard.items():
                        scores[one, size].add(of_crowd)
        finally:
            await redis.stop()
            keeper.close()
    report(chosen, crowds, scores, rounds)


def report(chosen: list[Contestant], crowds: list[int], scores: dict[tuple[Contestant, int], Score], rounds: int) -> None:
    table = Table("", "layer", *[f"{n} clients\n{what}" for n in crowds for what in ("delivered/s", "/cpu s", "× tutorial", "× bare", "median ms", "99th ms", "busy")])
    def med(one, n, what): return statistics.median(getattr(scores[one, n], what))
    for one in chosen:
        cells = []
        for n in crowds:
            tut = [o for o in chosen if o.name == TUTORIAL and o.layer == one.layer]
            bare = [o for o in chosen if o.name == BARE]
            d = med(one, n, "delivered")
            cells += [f"{d:,.0f}", f"{med(one,n,'work'):,.0f}",
                f"{d/med(tut[0],n,'delivered'):.2f}" if tut else "", f"{d/med(bare[0],n,'delivered'):.2f}" if bare else "",
                f"{med(one,n,'median')*1000:.1f}", f"{med(one,n,'late')*1000:.1f}", f"{med(one,n,'busy'):.2f} lost {scores[one,n].lost}"]
        table.add_row(one.name, one.layer, *cells)
    Console(width=200).print(table)


if __name__ == "__main__":
    asyncio.run(main())
