"""What a chat delivers: messages a second and their latency, in a room of 50 and of 200 clients.

    uv run python benchmarks/chat.py [--rounds N] [--seconds S] [--clients N,N] [--at-once N,N] [--only WORD] [--json]

Against each other: the tutorial of Channels (its sync and its async consumer), the finished site's chat, the same with
its hub, and as the limit a bare ASGI application without Channels; each on a fresh Daphne of its own. The layer is the
one in memory, Redis' core layer, or its Pub/Sub layer. In each round everybody has a turn; compared are medians of the
rounds. The server has one processor core to itself, as far as other programs let it; the clients, and Valkey, have
another.

The site runs as it would for strangers: DEBUG off, Origin checked, each client a person of its own with a session,
each message checked, counted by the rate limit (which is set high) and stored. First one person speaks at a time, then
eight at once. With eight, several frames go to a socket in one write, which helps the bare application most, as it has
nothing else to do. A delivery is counted where a client has the whole frame. "Of the processor" is what a second of the
server's processor delivers: at a time when other programs run, that is the figure to trust, though not blindly. What
the site does by the clock (the beat of its heart, the lists) then falls to fewer messages, and who has more to do
finds more of it gone from the processor's cache.

The bare application is the limit, not a rival: it keeps nothing, and uses no layer, whatever the row says. Neither does
the hub for what is said, while all in a room are at one server, as they are here. In its second row somebody is in the
room at another server: then each message goes over the layer, and comes back by it.

Beside the bare application, a message over the hub costs a thread that keeps it. With one speaker that means that the
server's threads give the core up four times for a message instead of once (counted by the system). That is the same for
a small room as for a large one: so one speaker in a small room comes least near to the limit. And on a busy machine it
is more: at each sleep other programs take the core, and its cache.
"""

import asyncio
import contextlib
import json
import os
import shutil
import sqlite3
import statistics
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, NamedTuple

from rich.console import Console
from rich.table import Table

from channels_lab.course.course import Course
from channels_lab.measure.crowd import Crowd, Heard
from channels_lab.measure.percentile import percentile
from channels_lab.running import servers
from channels_lab.running.clock import processor_clock
from channels_lab.running.process import Process
from channels_lab.running.warmstart import WarmStart

HERE = Path(__file__).parent
MEMORY = "memory"
BACKENDS = {
    MEMORY: "channels.layers.InMemoryChannelLayer",
    "Redis": "channels_redis.core.RedisChannelLayer",
    "Pub/Sub": "channels_redis.pubsub.RedisPubSubChannelLayer",
}
BARE, SYNC, TUTORIAL = "bare, no Channels", "tutorial, sync", "tutorial, async"
SITE, HUB, ELSEWHERE = "the site", "the site, with hub", "hub, one elsewhere"
CORES = sorted(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else []
OPTIONS = (("--clients", "50,200"), ("--at-once", "1,8"))
SETTINGS = """
import os
from config.settings import *

CHANNEL_LAYERS = {"default": {"BACKEND": os.environ["BENCHMARK_LAYER"]}}
if REDIS_URL:
    CHANNEL_LAYERS["default"]["CONFIG"] = {"hosts": [{"address": REDIS_URL, "socket_timeout": None}]}
"""
STRANGERS_COME = {
    "DJANGO_SETTINGS_MODULE": "benchmark_settings",
    "DJANGO_DEBUG": "off",
    "DJANGO_HTTPS": "off",
    "DJANGO_ALLOWED_HOSTS": "127.0.0.1",
    "DJANGO_CONN_MAX_AGE": "60",
    "MULTICHAT_RATE": "10000",
    "MULTICHAT_BURST": "10000",
}
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


# Who is there says when, and this one says so for ever.
SOMEBODY = """
INSERT INTO multichat_presence (room_id, user_id, channel, server, seen)
SELECT 1, max(id), 'specific.elsewhere', 'elsewhere', '2999-01-01' FROM auth_user
"""


@dataclass(frozen=True)
class Contestant:
    """One who delivers: its application, how to talk to it, over which layer, with which environment."""

    name: str
    application: str
    path: str
    layer: str = MEMORY
    message: str = '{"message": "{id}"}'
    join: str = ""
    consumer: str = ""
    elsewhere: bool = False  # whether somebody is in the room at another server


class Load(NamedTuple):
    """So many clients in a room, of which so many speak at once."""

    clients: int
    at_once: int

    def __str__(self) -> str:
        return f"{self.clients} clients in a room, {self.at_once} speaking at once"


@dataclass
class Score:
    """What one contestant did with one load: a figure for each round."""

    delivered: list[float] = field(default_factory=list)  # a second
    work: list[float] = field(default_factory=list)  # in a second of the server's processor
    middle: list[float] = field(default_factory=list)  # latency, in ms
    late: list[float] = field(default_factory=list)
    busy: list[float] = field(default_factory=list)  # the clients' share of their core
    lost: int = 0

    def add(self, heard: Heard) -> None:
        """Note one round."""
        latencies = heard.latencies or [float("inf")]
        self.delivered.append(len(heard.latencies) / heard.seconds)
        self.work.append(len(heard.latencies) / heard.spent)
        self.middle.append(percentile(latencies, 50) * 1000)
        self.late.append(percentile(latencies, 99) * 1000)
        self.busy.append(heard.busy)
        self.lost += heard.lost


def contestants() -> list[Contestant]:
    """All of them, the limit first."""
    site: dict[str, Any] = {
        "application": "config.asgi:application",
        "path": "/ws/rooms/",
        "message": '{"command": "send", "room": 1, "message": "{id}"}',
        "join": '{"command": "join", "room": 1}',
    }
    found = [
        Contestant(BARE, "bare:application", "/"),
        Contestant(SYNC, "tutorial:application", "/ws/sync/lobby/"),
    ]
    for layer in BACKENDS:
        found += [
            Contestant(TUTORIAL, "tutorial:application", "/ws/async/lobby/", layer),
            Contestant(SITE, layer=layer, **site),
            Contestant(HUB, layer=layer, consumer="multichat.hub.HubConsumer", **site),
        ]
        if layer != MEMORY:
            found.append(replace(found[-1], name=ELSEWHERE, elsewhere=True))
    return found


def prepare(folder: Path, people: int) -> list[str]:
    """The finished site in a folder, with the other contestants; returns the cookies of so many people."""
    course = Course.find(HERE)
    shutil.copytree(course.root / "tutorial_project", folder, ignore=shutil.ignore_patterns(".*", "db.sqlite3*"))
    for other in (HERE / "contestants").glob("*.py"):
        shutil.copy(other, folder)
    (folder / "benchmark_settings.py").write_text(SETTINGS)
    for words in (["migrate", "-v0"], ["shell", "-v0", "-c", PEOPLE.replace("NUMBER", str(people))]):
        done = subprocess.run([sys.executable, "manage.py", *words], cwd=folder, check=True, stdout=subprocess.PIPE)
    cookies: list[str] = json.loads(done.stdout.splitlines()[-1])
    return cookies


def put_elsewhere(project: Path, somebody: bool) -> None:
    """Let somebody be in the room at another server, or nobody."""
    with contextlib.closing(sqlite3.connect(project / "db.sqlite3")) as database, database:
        database.execute("DELETE FROM multichat_presence")
        if somebody:
            database.execute(SOMEBODY)


def on_core(pid: int, place: int) -> None:
    """Keep a process on the first (0) or the last (-1) core, where the system can."""
    if len(CORES) > 1:
        os.sched_setaffinity(pid, {CORES[place]})


@contextlib.asynccontextmanager
async def serving(one: Contestant, project: Path, redis: str, keeper: WarmStart) -> AsyncIterator[tuple[Process, int]]:
    """A fresh Daphne of a contestant, on the first core: (process, port)."""
    env = STRANGERS_COME | {"BENCHMARK_LAYER": BACKENDS[one.layer], "MULTICHAT_CONSUMER": one.consumer}
    env["REDIS_URL"] = "" if one.layer == MEMORY else redis
    listener = servers.Listener.open()
    with listener.socket:
        # Cold, as a person would start it: a warm one has a part of its heap frozen.
        process = servers.daphne(
            project, one.application, listener=listener, keeper=keeper, record=False, cold=True, env=env
        )
        try:
            await process.ready(30)
            on_core(process.pid, 0)
            yield process, listener.port
        finally:
            await process.stop()


async def turn(
    one: Contestant, loads: list[Load], project: Path, redis: str, keeper: WarmStart, cookies: list[str]
) -> dict[Load, Heard]:
    """What each crowd heard from a contestant."""
    found = {}
    put_elsewhere(project, one.elsewhere)
    async with serving(one, project, redis, keeper) as (process, port):
        clock = processor_clock(process.pid)
        for load in loads:
            async with Crowd(
                port,
                load.clients,
                path=one.path,
                message=one.message,
                join=one.join,
                cookies=cookies if one.join else (),
                under_way=load.at_once,
                timeout=60,
            ) as crowd:
                found[load] = await crowd.talk(float(option("--seconds", "2")), clock)
        process.check()
    return found


def option(name: str, default: str) -> str:
    """A word of the command line."""
    return sys.argv[sys.argv.index(name) + 1] if name in sys.argv else default


async def main() -> None:
    """Measure and report."""
    rounds = int(option("--rounds", "5"))
    crowds, at_once = ([int(n) for n in option(*words).split(",")] for words in OPTIONS)
    loads = [Load(clients, speaking) for speaking in at_once for clients in crowds]
    chosen = [one for one in contestants() if option("--only", "") in f"{one.name}, {one.layer}"]
    scores = {(one, load): Score() for one in chosen for load in loads}
    on_core(0, -1)
    keeper = WarmStart()
    keeper.wait_until_warm()
    redis = await servers.redis(keeper=keeper)
    try:
        with tempfile.TemporaryDirectory() as folder:
            project = Path(folder) / "site"
            cookies = prepare(project, max(crowds))
            for number in range(rounds):
                # Who is first is last the next time.
                for one in chosen if number % 2 else chosen[::-1]:
                    for load, heard in (await turn(one, loads, project, redis.url, keeper, cookies)).items():
                        scores[one, load].add(heard)
    finally:
        await redis.stop()
        keeper.close()
    told = {load: rows(chosen, load, scores) for load in loads}
    remarks = remarks_on(scores)
    if "--json" in sys.argv:
        print(
            json.dumps({"rounds": rounds, "loads": {str(k): v for k, v in told.items()}, "remarks": remarks}, indent=1)
        )
        return
    console = Console(width=110)
    for load in loads:
        print_table(console, f"{load}: medians of {rounds} rounds", told[load])
    for remark in remarks:
        console.print(remark, highlight=False)


def rows(
    chosen: list[Contestant], load: Load, scores: dict[tuple[Contestant, Load], Score]
) -> list[dict[str, str | float]]:
    """A row of figures for each contestant; its ratios are medians of those within each round."""
    found = []
    for one in chosen:
        score = scores[one, load]
        row: dict[str, str | float] = {"name": one.name, "layer": one.layer if one.name != BARE else "–"}
        row |= {what: statistics.median(getattr(score, what)) for what in ("delivered", "work", "middle", "late")}
        for name, other in (("of_tutorial", TUTORIAL), ("of_bare", BARE)):
            against = [scores[it, load] for it in chosen if it.name == other and it.layer in (one.layer, MEMORY)]
            if against:  # the last is the one on the same layer
                row[name] = statistics.median(a / b for a, b in zip(score.work, against[-1].work, strict=True))
        found.append(row)
    return found


def print_table(console: Console, title: str, rows: list[dict[str, str | float]]) -> None:
    """The rows of one number of clients."""
    heads = ("", "layer", "delivered/s", "of the processor", "× tutorial", "× bare", "median ms", "99th ms")
    table = Table(*heads, title=title)
    for row in rows:
        ratios = [f"{row[name]:.2f}" if name in row else "–" for name in ("of_tutorial", "of_bare")]
        delivered, middle = ([f"{row[name]:{form}}" for name in names] for names, form in SHOWN)
        table.add_row(str(row["name"]), str(row["layer"]), *delivered, *ratios, *middle)
    console.print(table)


SHOWN = ((("delivered", "work"), ",.0f"), (("middle", "late"), ".1f"))


def remarks_on(scores: dict[tuple[Contestant, Load], Score]) -> list[str]:
    """Whether the clients were the limit, what was lost, and where the server ran."""
    remarks = [f"The clients' core was busy for {max(max(one.busy) for one in scores.values()):.0%} at most."]
    remarks += [
        f"{one.name}, {one.layer}, {load}: {s.lost} messages lost." for (one, load), s in scores.items() if s.lost
    ]
    if len(CORES) < 2:
        remarks.append("Here no process can be kept on a core: server and clients took what they got.")
    return remarks


if __name__ == "__main__":
    asyncio.run(main())
