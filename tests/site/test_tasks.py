"""The finished site's tasks on real servers: started by a form and over the socket, run by workers, told live."""

import asyncio
import json
import os
import re
import shutil
import signal
import sqlite3
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager, closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from channels_lab.running import servers
from channels_lab.running.process import Process
from channels_lab.wire.client import Client
from channels_lab.wire.handshake import connect
from tests.faults.layered import log_in
from tests.site.conftest import Serve
from tests.site.test_projects import manage

Open = Callable[..., Any]
Cookies = dict[str, dict[str, str]]

# Steps without a pause, and little patience: what would take a minute takes seconds here.
QUICK = {"TASKS_PACE": "0.001", "TASKS_EXPIRY": "2", "TASKS_LOST_AFTER": "2"}
SAY = """
from multichat.models import Message
for number in range(3):
    Message.objects.create(room_id=1, username="alice", text=f"it is 좋은 day {number}")
Message.objects.create(room_id=3, username="sam", text="secret")
"""


@dataclass
class Site:
    """The site on Daphne and Valkey, with something said in it."""

    project: Path
    server: Process
    port: int
    cookies: Cookies
    env: dict[str, str]
    stack: AsyncExitStack

    async def work(self, name: str = "worker", **env: str) -> Process:
        """Start a worker."""
        return await self._start(servers.worker(self.project, ("background-tasks",), name=name, env=self.env | env))

    async def db_work(self, name: str = "db_worker", **env: str) -> Process:
        """Start a worker of the durable tasks."""
        return await self._start(servers.db_worker(self.project, name=name, env=self.env | env))

    async def _start(self, process: Process) -> Process:
        self.stack.push_async_callback(process.stop)
        return await process.ready(20)

    def connect(self, name: str = "alice", **options: Any) -> connect:
        """Open somebody's socket of the tasks."""
        return connect(self.port, "/ws/tasks/", name=name, cookies=self.cookies.get(name), **options)

    def change(self, name: str, **columns: bool) -> None:
        """Change somebody's row, behind the site's back."""
        with closing(sqlite3.connect(self.project / "db.sqlite3")) as database, database:
            for column, value in columns.items():
                database.execute(f"UPDATE auth_user SET {column} = ? WHERE username = ?", [value, name])

    @asynccontextmanager
    async def http(self, name: str = "alice") -> AsyncIterator[httpx.AsyncClient]:
        """Somebody's browser, as far as HTTP goes."""
        url = f"http://127.0.0.1:{self.port}"
        async with httpx.AsyncClient(base_url=url, cookies=self.cookies.get(name), trust_env=False) as http:
            yield http

    async def send_form(self, http: httpx.AsyncClient, **fields: str) -> httpx.Response:
        """Start a task by the page's form, as a browser without JavaScript does."""
        token = re.search(r'name="csrfmiddlewaretoken" value="(.+?)"', (await http.get("/tasks/")).text)
        assert token
        return await http.post("/tasks/start/", data=fields | {"csrfmiddlewaretoken": token[1]})


@pytest.fixture(scope="module")
def said_once(migrated_once: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Cookies]:
    """The site with something said in it, and the cookies of who is logged in."""
    copy = Path(shutil.copytree(migrated_once, tmp_path_factory.mktemp("said") / "site"))
    manage(copy, "shell", "--no-imports", "-c", SAY)
    return copy, log_in(copy, manage)


@pytest.fixture
def migrated(said_once: tuple[Path, Cookies], tmp_path: Path) -> Path:
    """A copy of it, which `serve` serves."""
    return Path(shutil.copytree(said_once[0], tmp_path / "said"))


@pytest.fixture
def open_site(serve: Serve, migrated: Path, said_once: tuple[Path, Cookies]) -> Open:
    """Serves the site: `async with open_site() as site`; its options are variables of the environment."""

    @asynccontextmanager
    async def opened(**env: str) -> AsyncIterator[Site]:
        async with AsyncExitStack() as stack:
            redis = await servers.redis()
            stack.push_async_callback(redis.stop)
            words = QUICK | {"REDIS_URL": redis.url} | env
            up = await stack.enter_async_context(serve(env=words))
            yield Site(migrated, up.process, up.port, said_once[1], words, stack)

    return opened


async def heard(client: Client, *states: str, number: int | None = None, asks: bool = True) -> dict[str, Any]:
    """The first task heard of in one of these states; where there is no news in time, ask, as the page does."""
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        try:
            told = await client.receive_json(timeout=0.5)
        except TimeoutError:
            if asks:
                await client.send_json({"command": "tasks"})
            continue
        for task in [told["task"]] if "task" in told else told.get("tasks", []):
            if task["state"] in states and number in (None, task["id"]):
                return dict(task)
    raise AssertionError(f"no task was {states}: {client.received[-5:]}")


async def start(client: Client, **asked: Any) -> int:
    """Start a task over the socket; returns its number."""
    await client.send_json({"command": "start", "kind": "count", "room": 1} | asked)
    while "started" not in (told := await client.receive_json(5)):
        assert "error" not in told, told
    return int(told["started"])


async def test_started_from_a_consumer_and_from_a_view(open_site: Open) -> None:
    """Either way a worker runs it, every tab of its person sees each step, and the result is theirs alone."""
    async with open_site() as site, site.connect() as alice, site.connect() as other, site.connect("bob") as bob:
        await site.work()
        number = await start(alice)
        steps = [await alice.receive_json(5) for _ in range(5)][-1]["task"]
        assert (steps["steps"], steps["title"]) == (3, "Lobby")
        for tab in (alice, other):
            assert (await heard(tab, "done", number=number, asks=False))["step"] == 3
        async with site.http() as http, site.http("bob") as bobs, site.http("nobody") as nobodys:
            answer = await site.send_form(http, kind="export", room="1")
            assert (answer.status_code, answer.headers["location"]) == (302, "../")
            exported = await heard(other, "done", number=number + 1, asks=False)
            counted = await http.get(f"/tasks/{number}/result/")
            assert counted.headers["content-type"] == "text/plain; charset=utf-8"
            assert counted.text.startswith("15 words in 3 messages") and " 좋은\n" in counted.text
            text = (await http.get(f"/tasks/{exported['id']}/result/")).text
            assert re.fullmatch(r"(\d{4}-\d\d-\d\d \d\d:\d\d alice: it is 좋은 day \d\n){3}", text)
            assert (await bobs.get(f"/tasks/{number}/result/")).status_code == 404
            assert (await nobodys.get(f"/tasks/{number}/result/")).status_code == 302
        await bob.receive_nothing()
        await bob.send_json({"command": "tasks"})
        assert await bob.receive_json(5) == {"tasks": []}


BAD = {
    "hello": "BAD_JSON",
    "[]": "BAD_JSON",
    '{"command": NaN}': "BAD_JSON",
    "[" * 5000: "BAD_JSON",
    b"\x00": "BAD_JSON",
    "{}": "MISSING_KEY",
    '{"command": "start", "room": 1}': "MISSING_KEY",
    '{"command": "start", "kind": "count"}': "MISSING_KEY",
    '{"command": ["tasks"]}': "UNKNOWN_COMMAND",
    '{"command": "stop"}': "UNKNOWN_COMMAND",
    '{"command": "start", "kind": {}, "room": 1}': "BAD_VALUE",
    '{"command": "start", "kind": "rm", "room": 1}': "BAD_VALUE",
    '{"command": "start", "kind": "count", "room": true}': "BAD_VALUE",
    '{"command": "start", "kind": "count", "room": 18446744073709551617}': "ROOM_INVALID",
    '{"command": "start", "kind": "count", "room": "\\ud800"}': "ROOM_INVALID",
    '{"command": "start", "kind": "count", "room": 77}': "ROOM_INVALID",
    '{"command": "start", "kind": "count", "room": 3}': "ROOM_ACCESS_DENIED",
}


async def test_bad_frames_and_forms_are_answered(open_site: Open) -> None:
    """Whatever is asked wrongly is answered by a code and a sentence, the connection stays, and nothing is started."""
    async with open_site(MULTICHAT_BURST="100") as site, site.connect() as alice, site.http() as http:
        for frame, code in BAD.items():
            await alice.send(frame)
            answer = await alice.receive_json(5)
            assert answer["error"] == code and answer["detail"], (frame, answer)
        for kind, room in ("rm", "1"), ("count", "x"), ("", ""), ("export", "3"):
            assert (await site.send_form(http, kind=kind, room=room)).status_code == 302
            assert re.search(r'role="alert">\s*[^<\s]', (await http.get("/tasks/")).text)
        assert (await http.post("/tasks/start/", data={"kind": "count", "room": "1"})).status_code == 403
        assert (await http.get("/tasks/start/")).status_code == 405
        await alice.send_json({"command": "tasks"})
        assert await alice.receive_json(5) == {"tasks": []}


async def test_who_may_not(open_site: Open) -> None:
    """Who is not logged in, or not any more, hears why and is closed with 4001; who asks too much is told so."""
    async with open_site(MULTICHAT_BURST="3", MULTICHAT_RATE="0.1") as site:
        async with site.connect("nobody") as nobody:
            assert (await nobody.receive_json(5))["error"] == "USER_HAS_TO_LOGIN"
            assert await nobody.wait_closed() == 4001
        async with site.connect() as alice:
            for _ in range(3):
                await alice.send_json({"command": "tasks"})
                assert "tasks" in await alice.receive_json(5)
            await alice.send_json({"command": "tasks"})
            assert (await alice.receive_json(5))["error"] == "TOO_FAST"
        async with site.connect("bob") as bob:
            site.change("bob", is_active=False)
            await bob.send_json({"command": "start", "kind": "count", "room": 1})
            assert (await bob.receive_json(5))["error"] == "USER_HAS_TO_LOGIN"
            assert await bob.wait_closed() == 4001


async def test_rights_that_end_while_a_task_waits(open_site: Open) -> None:
    """Who is of the staff no more when the result is there does not get it."""
    async with open_site() as site, site.connect("sam") as sam, site.http("sam") as http:
        number = await start(sam, kind="export", room=3)
        await site.work()
        await heard(sam, "done")
        assert "secret" in (await http.get(f"/tasks/{number}/result/")).text
        site.change("sam", is_staff=False)
        assert (await http.get(f"/tasks/{number}/result/")).status_code == 404


async def test_three_workers_share_a_backlog(open_site: Open) -> None:
    """Each task is run by one of them, once, though their layer may deliver a message twice."""
    async with open_site(TASKS_EXPIRY="60", TASKS_LOST_AFTER="30") as site, site.connect() as alice:
        for name in ("one", "two", "three"):
            await site.work(name)
        numbers = [await start(alice, kind="export") for _ in range(12)]
        told = [json.loads(message).get("task", {}) for message in alice.received]  # while she started them
        ends = [task["id"] for task in told if task.get("state") == "done"]
        while len(ends) < 12:
            ends.append((await heard(alice, "done", asks=False))["id"])
        assert sorted(ends) == numbers
        await alice.receive_nothing()


async def test_a_durable_task_waits_and_is_put_back(open_site: Open) -> None:
    """It waits longer than any message lives; killed in the middle it is lost, put back, and done by another worker."""
    async with open_site(TASKS_PACE="0.4", TASKS_EXPIRY="1", TASKS_LOST_AFTER="1.5") as site, site.connect() as alice:
        number = await start(alice, durable=True)
        waiting = await heard(alice, "waiting", number=number)
        assert waiting["within"] is None
        first = await site.db_work("first")
        await heard(alice, "running", number=number)
        os.kill(first.pid, signal.SIGKILL)
        await heard(alice, "lost", number=number)
        await site.db_work("second", TASKS_PACE="0.01")
        assert manage(site.project, "put_tasks_back").strip() == f"task {number} waits again"
        assert (await heard(alice, "done", number=number))["step"] == 3
        assert manage(site.project, "put_tasks_back") == ""


async def test_without_redis_a_durable_task_is_done_all_the_same(open_site: Open) -> None:
    """Where nobody can be told, the work goes on all the same; what needs a worker is refused by a sentence."""
    async with open_site(REDIS_URL="unix:///nowhere.sock", MULTICHAT_PATIENCE="1") as site, site.http() as http:
        assert (await site.send_form(http, kind="count", room="1")).status_code == 302
        assert "No worker can be reached" in (await http.get("/tasks/")).text
        assert (await site.send_form(http, kind="count", room="1", durable="on")).status_code == 302
        worker = await site.db_work()
        deadline = time.monotonic() + 20
        while (answer := await http.get("/tasks/2/result/")).status_code != 200:
            assert time.monotonic() < deadline, worker.log
            await asyncio.sleep(0.05)
        assert "15 words" in answer.text
        assert "nobody could be told" in worker.log and "Traceback" not in worker.log
