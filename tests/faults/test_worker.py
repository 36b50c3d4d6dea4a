"""Rows 57, 58, 62 and 63 of the table of faults: workers that raise, are absent, are killed, are sent nonsense."""

import asyncio
import json
import os
import signal
import sqlite3
import time
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from channels_redis.core import RedisChannelLayer
from redis.asyncio import Redis

from channels_lab.running.process import Process
from channels_lab.wire.client import Client
from tests.site.test_tasks import Open, Site, heard, migrated, open_site, said_once, start  # noqa: F401 - fixtures

# A job of the learner's own that raises, beside those of the site.
EXPLODES = '\n\ndef explode(room, progress):\n    raise RuntimeError("boom")\n\n\nJOBS["explode"] = explode\n'
IN_MEMORY = {"REDIS_URL": ""}
REFUSED = [
    '{"command": "start", "kind": "count", "room": 18446744073709551617}',
    '{"command": "start", "kind": "count", "room": "\\ud800"}',
    '{"command": "start", "kind": "\\ud800", "room": 1}',
    '{"command": "start", "kind": "count", "room": {"1": [1.5, null]}}',
    '{"command": "start", "kind": "count", "room": 1e400}',
    '{"command": "start", "kind": "count", "room": NaN}',
]


async def put(site: Site, channel: str, message: dict[str, Any]) -> None:
    """Put a message into a channel, or with "tasks.user-" send it to a group, as any program can that reaches Redis."""
    layer = RedisChannelLayer(hosts=[{"address": site.env["REDIS_URL"]}])
    await (layer.group_send if channel.startswith("tasks.") else layer.send)(channel, message)
    await layer.close_pools()


async def until_logged(process: Process, text: str) -> None:
    """Wait for a text in a log. A file tells nobody that it has grown: so this looks."""
    deadline = time.monotonic() + 10
    while text not in process.log:
        assert time.monotonic() < deadline, process.log
        await asyncio.sleep(0.01)


async def until_empty(site: Site, *keys: str) -> None:
    """Wait until nothing is in these sets of Redis."""
    deadline = time.monotonic() + 10
    async with Redis.from_url(site.env["REDIS_URL"]) as redis:
        while any([await redis.zcard(key) for key in keys]):
            assert time.monotonic() < deadline
            await asyncio.sleep(0.01)


async def until_taken(site: Site) -> None:
    """Wait until workers have taken all that is in their channel."""
    await until_empty(site, "asgibackground-tasks", "asgibackground-tasks$inflight")


def states(site: Site) -> list[str]:
    """How the tasks stand in the database, the oldest first."""
    with closing(sqlite3.connect(site.project / "db.sqlite3")) as database:
        return [state for (state,) in database.execute("SELECT state FROM tasks_task ORDER BY id")]


async def test_57_a_handler_raises(migrated: Path, open_site: Open) -> None:  # noqa: F811
    """Its person is told "failed" and no more, the log has the traceback, it is counted, and the next task is done."""
    with (migrated / "tasks" / "jobs.py").open("a") as jobs:
        jobs.write(EXPLODES)
    async with open_site() as site, site.connect() as alice:
        worker = await site.work()
        for kind in ("explode", "count", "explode", "export"):
            await start(alice, kind=kind)
            await heard(alice, "failed" if kind == "explode" else "done", asks=False)
        assert states(site) == ["failed", "done", "failed", "done"]
        assert worker.alive and worker.log.count("RuntimeError: boom") == 2
        assert "Task 1 failed." in worker.log
        assert "boom" not in str(alice.received) and "Traceback" not in str(alice.received)


@pytest.mark.parametrize("layer", [IN_MEMORY, {}], ids=["memory", "redis"])
async def test_58_a_task_without_a_worker(open_site: Open, layer: dict[str, str]) -> None:  # noqa: F811
    """Its person is told that it waits, and how long, then that it has expired; a worker that comes then leaves it."""
    async with open_site(**layer) as site, site.connect() as alice, site.http() as http:
        number = await start(alice)
        waiting = await heard(alice, "waiting", number=number)
        assert 0 < waiting["within"] <= 2
        assert "waiting" in (await http.get("/tasks/")).text
        assert (await heard(alice, "expired", number=number))["within"] is None
        if layer != IN_MEMORY:
            await site.work()
            await start(alice)
            await heard(alice, "done", number=number + 1, asks=False)
        assert states(site)[0] == "expired"


async def test_58_too_many_tasks_without_a_worker(open_site: Open) -> None:  # noqa: F811
    """When the channel is full the next one is refused by a sentence, and is not left waiting."""
    async with open_site(TASKS_EXPIRY="60") as site, site.connect() as alice:
        for _ in range(100):
            await put(site, "background-tasks", {"type": "task.run", "task": 0})
        await alice.send_json({"command": "start", "kind": "count", "room": 1})
        while "error" not in (told := await alice.receive_json(5)):
            pass
        assert told["error"] == "NOT_DELIVERED" and "too many" in told["detail"]
        assert states(site) == ["failed"]
        worker = await site.work()
        await until_taken(site)
        number = await start(alice)
        await heard(alice, "done", number=number, asks=False)
        assert worker.alive and "Traceback" not in worker.log


async def test_58_a_worker_is_killed(open_site: Open) -> None:  # noqa: F811
    """What it ran is lost, what it had taken expires, its person is told both; another worker goes on with the next."""
    async with open_site(TASKS_PACE="0.5") as site, site.connect() as alice:
        worker = await site.work()
        one, two = [await start(alice) for _ in range(2)]
        await heard(alice, "running", number=one)
        await until_taken(site)
        os.kill(worker.pid, signal.SIGKILL)
        await site.work("another", TASKS_PACE="0.001")
        assert (await heard(alice, "lost", "done", number=one))["state"] == "lost"
        assert (await heard(alice, "expired", "done", number=two))["state"] == "expired"
        await heard(alice, "done", number=await start(alice))


async def test_62_what_redis_could_not_carry_is_refused_alike(open_site: Open) -> None:  # noqa: F811
    """A number or text that only memory would carry gets the same answer on both layers, before it reaches one."""
    answers = []
    for layer in (IN_MEMORY, {}):
        async with open_site(**layer) as site, site.connect() as alice:
            answers.append([await answer(alice, frame) for frame in REFUSED])
            assert states(site) == []
    assert answers[0] == answers[1]
    assert {error for error, _ in answers[0]} == {"ROOM_INVALID", "BAD_VALUE", "BAD_JSON"}


async def answer(client: Client, frame: str) -> tuple[str, str]:
    """The code and the sentence that a frame is answered with."""
    await client.send(frame)
    told = await client.receive_json(5)
    return told["error"], told["detail"]


async def test_63_a_message_that_nobody_handles(open_site: Open) -> None:  # noqa: F811
    """A worker names it in its log, passes over it, and does what was behind it; so do messages without a task."""
    async with open_site() as site, site.connect() as alice:
        worker = await site.work()
        for nonsense in {"type": "task.begin"}, {"type": "task.run"}, {"type": "task.run", "task": "x"}, {"type": "_"}:
            await put(site, "background-tasks", nonsense)
        await heard(alice, "done", number=await start(alice), asks=False)
        assert worker.alive and worker.log.count("The worker passes over") == 4
        assert "No handler for message type task.begin" in worker.log


async def test_63_a_message_without_a_type(open_site: Open) -> None:  # noqa: F811
    """It ends the worker, whose log says why; the next worker does what waits."""
    async with open_site(TASKS_EXPIRY="30") as site, site.connect() as alice:
        worker = await site.work()
        await put(site, "background-tasks", {"task": 1})
        assert await worker.end(10) == 1
        assert "Worker received message with no type" in worker.log
        number = await start(alice)
        await site.work("next")
        await heard(alice, "done", number=number, asks=False)


async def test_63_an_event_that_a_page_does_not_know(open_site: Open) -> None:  # noqa: F811
    """It ends the socket with 1011, out of its group, and a line in the log; who comes back is told of the tasks."""
    async with open_site() as site:
        async with site.connect() as alice:
            number = await start(alice)
            await put(site, "tasks.user-1", {"type": "task.unheard_of"})
            assert await alice.wait_closed(5) == 1011
        await until_empty(site, "asgi:group:tasks.user-1")
        await until_logged(site.server, "No handler for message type task.unheard_of")
        async with site.connect() as alice:
            await alice.send_json({"command": "tasks"})
            assert json.loads(await alice.receive(5))["tasks"][0]["id"] == number
