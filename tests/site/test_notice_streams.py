"""The notices of chapter 02: long polling, the stream and the events, on a Daphne."""

import asyncio
import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager
from pathlib import Path
from types import ModuleType
from typing import Any

import httpx
import pytest
import pytest_asyncio

from channels_lab.course.course import Course
from channels_lab.running import servers
from channels_lab.running.migrations import migrate
from channels_lab.running.process import Process
from channels_lab.running.servers import Listener
from channels_lab.wire.tap import Taps
from channels_lab.wire.visitor import Visitor

DEADLINE = 10  # seconds, for whatever a test waits for

pytestmark = pytest.mark.timeout(60)


class Notices:
    """The notices on a Daphne; started again, it is on the same port."""

    def __init__(self, project: Path) -> None:
        self.project = project
        self.port = 0
        self.taps = Taps()
        self.process: Process

    async def start(self, longest_wait: float = 25) -> None:
        """Start it, and wait until it answers."""
        listener = Listener.open(self.port)
        self.port = listener.port
        with listener.socket:
            env = {"LONGEST_WAIT": str(longest_wait)}
            self.process = servers.daphne(self.project, listener=listener, env=env, record=False)
            await self.process.ready()

    async def restart(self, longest_wait: float = 25) -> None:
        """Stop it in the middle of what it does, and start it again."""
        await self.process.stop()
        await self.start(longest_wait)

    def visitor(self, name: str = "Ada") -> Visitor:
        """One person's client."""
        return Visitor(name, self.port, events=[], taps=self.taps)

    async def put_up(self, *texts: str) -> int:
        """Put notices up; returns the id of the last."""
        async with self.visitor("Bob") as bob:
            for text in texts:
                answer = await bob.post("/notices/", data={"text": text})
                assert answer.status_code == 201
        return int(answer.json()["id"])

    def clients(self) -> ModuleType:
        """The project's `notices/clients.py` as a module."""
        module = ModuleType("clients")
        exec((self.project / "notices/clients.py").read_text(encoding="utf-8"), module.__dict__)
        return module

    async def until_logged(self, text: str) -> None:
        """Wait until the server has printed this. A log tells nobody that it has grown: so this looks."""
        deadline = time.monotonic() + DEADLINE
        while text not in self.process.log:
            assert time.monotonic() < deadline, self.process.log
            await asyncio.sleep(0.02)


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def migrated(course: Course, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The project at the end of chapter 02, its database migrated."""
    folder = tmp_path_factory.mktemp("notices") / "project"
    for name, text in course.after(course.chapter("02")).texts().items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    await migrate(folder, folder.parent / "migrated")
    return folder


@pytest.fixture
async def site(migrated: Path, tmp_path: Path) -> AsyncIterator[Notices]:
    """The notices, served by Daphne."""
    shutil.copytree(migrated, tmp_path / "project")
    site = Notices(tmp_path / "project")
    await site.start()
    yield site
    await site.process.stop()


async def wait(visitor: Visitor, after: int) -> list[dict[str, Any]]:
    """Long polling, once."""
    answer = await visitor.get("/notices/wait/", params={"after": after})
    assert answer.status_code == 200
    return list(answer.json()["notices"])


@asynccontextmanager
async def stream(site: Notices, after: int) -> AsyncIterator[httpx.Response]:
    """The stream after a notice, read by somebody of its own."""
    async with site.visitor() as ada, ada.stream("GET", f"/notices/stream/?after={after}") as answer:
        yield answer


@asynccontextmanager
async def events(visitor: Visitor, last: object, after: object = "") -> AsyncIterator[AsyncIterator[str]]:
    """The lines of the events after the notice that Last-Event-ID names."""
    query = {"after": after} if after != "" else {}
    headers = {"Last-Event-ID": str(last)}
    async with visitor.stream("GET", "/notices/events/", params=query, headers=headers) as answer:
        assert answer.status_code == 200
        assert answer.headers["Content-Type"] == "text/event-stream"
        yield answer.aiter_lines()


async def read_until(lines: AsyncIterator[str], wanted: str) -> list[str]:
    """Read lines up to one that begins so."""
    read = []
    async with asyncio.timeout(DEADLINE):
        async for line in lines:
            read.append(line)
            if line.startswith(wanted):
                return read
    raise AssertionError(f"no {wanted!r} in {read}")


# Long polling


async def test_a_wait_is_answered_at_once_when_there_is_something(site):
    """Who asks for what is there already does not wait, and gets all of it, oldest first."""
    newest = await site.put_up("one", "two", "three")
    async with site.visitor() as ada:
        notices = await asyncio.wait_for(wait(ada, newest - 2), 2)
    assert [notice["text"] for notice in notices] == ["two", "three"]


async def test_a_wait_is_ended_by_a_notice(site):
    """Who asks for what is still to come is answered when it comes, and not before."""
    newest = await site.put_up("old")
    async with site.visitor() as ada:
        waiting = asyncio.create_task(wait(ada, newest))
        assert not (await asyncio.wait([waiting], timeout=0.3))[0]
        assert await site.put_up("new") == newest + 1
        assert await asyncio.wait_for(waiting, 2) == [{"id": newest + 1, "text": "new"}]


async def test_a_wait_ends_with_nothing(site):
    """After LONGEST_WAIT seconds without a notice the answer is an empty list."""
    await site.restart(longest_wait=0.3)
    began = time.monotonic()
    async with site.visitor() as ada:
        assert await wait(ada, 10**9) == []
    assert time.monotonic() - began >= 0.3


async def test_all_who_wait_are_woken(site):
    """One notice answers fifty who wait."""
    newest = await site.put_up("old")
    async with site.visitor() as crowd:
        waiting = [asyncio.create_task(wait(crowd, newest)) for _ in range(50)]
        await asyncio.wait(waiting, timeout=1)
        await site.put_up("new")
        answers = await asyncio.wait_for(asyncio.gather(*waiting), DEADLINE)
    assert answers == [[{"id": newest + 1, "text": "new"}]] * 50


@pytest.mark.parametrize("way", ["long_polling", "streaming", "server_sent_events"])
async def test_no_wake_up_is_lost(site, way):
    """Of 200 notices put up as fast as can be, by two at once, each arrives once, in order, and none waits."""
    newest = await site.put_up("old")
    async with site.visitor() as ada, asyncio.timeout(4 * DEADLINE):
        posting = asyncio.gather(*(site.put_up(*(f"{who} {n}" for n in range(100))) for who in ("Bob", "Cem")))
        came = []
        async with aclosing(getattr(site.clients(), way)(ada, after=newest)) as notices:
            async for notice in notices:
                came.append(notice["id"])
                if len(came) == 200:
                    break
        await posting
    assert came == list(range(newest + 1, newest + 201))


_PUT_UP_WHILE_LOOKING = """
import asyncio
import django

django.setup()
from notices import board

look = board.newer


async def newer(after):
    found = await look(after)
    if not found:
        await board.put_up("meanwhile")
    return found


async def main():
    newest = await board.put_up("old")
    board.newer = newer
    notices = await asyncio.wait_for(board.wait_for_newer(newest["id"]), 3)
    print([notice["text"] for notice in notices])


asyncio.run(main())
"""


def test_what_is_put_up_while_somebody_looks_wakes_them(migrated, tmp_path):
    """The bell that rings between looking and waiting is heard: its ring is taken before."""
    project = shutil.copytree(migrated, tmp_path / "project")
    environment = os.environ | {"DJANGO_SETTINGS_MODULE": "config.settings"}
    command = [sys.executable, "-c", _PUT_UP_WHILE_LOOKING]
    done = subprocess.run(command, cwd=project, env=environment, capture_output=True, text=True, timeout=30)
    assert done.stdout == "['meanwhile']\n", done.stderr


async def test_what_is_no_id_is_refused(site):
    """`?after=x` is answered with 400 on each way."""
    async with site.visitor() as eve:
        for path in ("", "wait/", "stream/", "events/"):
            assert (await eve.get(f"/notices/{path}?after=x")).status_code == 400


# The stream


async def test_a_stream_is_chunked(site):
    """The stream has no Content-Length, begins at once, and brings a line for each notice."""
    newest = await site.put_up("old")
    async with asyncio.timeout(DEADLINE), stream(site, newest) as answer:
        assert answer.headers["Transfer-Encoding"] == "chunked"
        assert "Content-Length" not in answer.headers
        lines = answer.aiter_lines()
        assert await anext(lines) == ""
        await site.put_up("<b>new")
        assert json.loads(await anext(lines)) == {"id": newest + 1, "text": "<b>new"}


async def test_a_silent_stream_sends_empty_lines(site):
    """When nothing comes for LONGEST_WAIT seconds an empty line does."""
    await site.restart(longest_wait=0.2)
    async with asyncio.timeout(DEADLINE), stream(site, 10**9) as answer:
        lines = answer.aiter_lines()
        assert [await anext(lines) for _ in range(3)] == ["", "", ""]


async def test_who_leaves_ends_the_stream(site):
    """When a client goes away Django cancels what it listened to, and its `finally` runs."""
    streams = site.project / "notices/streams.py"
    text = streams.read_text(encoding="utf-8")
    before, after = text.split("async def lines(after):\n")
    body = after.replace("\n    ", "\n        ")
    wrapped = f"async def lines(after):\n    try:\n    {body.rstrip()}\n    finally:\n        print('nobody listens')\n"
    streams.write_text(before + wrapped, encoding="utf-8")
    await site.restart()
    async with stream(site, 10**9) as answer:
        await anext(answer.aiter_lines())
        assert "nobody listens" not in site.process.log
    await site.until_logged("nobody listens")


# Server-sent events


async def test_events_have_ids(site):
    """The events begin with `retry`; each notice has its id and one line of data, whatever is in its text."""
    newest = await site.put_up("old")
    hostile = "two\n\nid: 999\ndata: <b>"
    async with site.visitor() as ada, events(ada, newest) as lines:
        await site.put_up(hostile)
        read = await read_until(lines, "data:")
    assert read[:4] == ["retry: 1000", "", f"id: {newest + 1}", read[3]]
    data = json.loads(read[3].removeprefix("data: "))
    assert data["id"] == newest + 1
    assert data["text"].splitlines() == hostile.splitlines()


async def test_silent_events_send_comments(site):
    """When nothing comes for LONGEST_WAIT seconds a comment does."""
    await site.restart(longest_wait=0.2)
    async with site.visitor() as ada, events(ada, 10**9) as lines:
        assert await read_until(lines, ":") == ["retry: 1000", "", ": still here"]


@pytest.mark.parametrize("last", ["abc", "", "-5", "1.5", "9" * 5000])
async def test_what_is_no_last_event_id_is_ignored(site, last):
    """A Last-Event-ID that is no id counts as none: ?after= says where to begin."""
    newest = await site.put_up("one", "two")
    async with site.visitor() as ada, events(ada, last, after=newest - 1) as lines:
        assert f"id: {newest}" in await read_until(lines, "id:")


async def test_last_event_id_comes_before_after(site):
    """A browser that comes back asks with the address of old: Last-Event-ID is the newer of the two."""
    newest = await site.put_up("one", "two", "three")
    async with site.visitor() as ada, events(ada, newest - 1, after=0) as lines:
        assert f"id: {newest}" in await read_until(lines, "id:")


async def test_a_restart_loses_nothing_and_repeats_nothing(site):
    """The client comes back after each of three restarts; what was put up before, between and after arrives once."""
    newest = await site.put_up("old")
    came = []
    listen = site.clients().server_sent_events
    async with asyncio.timeout(30), site.visitor() as ada, aclosing(listen(ada, after=newest)) as notices:
        for number in range(3):
            await site.put_up(f"before {number}", f"more {number}")
            came += [await anext(notices), await anext(notices)]
            await site.restart()
            await site.put_up(f"while away {number}")
            came.append(await anext(notices))
    wanted = [f"{when} {number}" for number in range(3) for when in ("before", "more", "while away")]
    assert [notice["text"] for notice in came] == wanted
    assert [notice["id"] for notice in came] == list(range(newest + 1, newest + 10))


async def test_who_is_refused_does_not_come_back(site):
    """As an EventSource does, the client gives up after an answer that is none of 200."""
    async with site.visitor() as ada:
        with pytest.raises(httpx.HTTPStatusError):
            await anext(refused(site, ada))


def refused(site: Notices, visitor: Visitor) -> AsyncIterator[dict[str, Any]]:
    """The client's events, asked for at a path that does not exist."""
    source = (site.project / "notices/clients.py").read_text(encoding="utf-8").replace("/notices/events/", "/nowhere/")
    module = ModuleType("clients")
    exec(source, module.__dict__)
    return module.server_sent_events(visitor)  # type: ignore[no-any-return]


# The page


async def test_the_page_holds_what_is_there(site):
    """The page is sent with the newest fifty notices, escaped, oldest first, and may stand in a notebook's frame."""
    newest = await site.put_up(*(f"notice {number}" for number in range(55)), "<b>bold</b>")
    async with site.visitor() as ada:
        page = await ada.get("/notices/page/")
    assert page.text.count("data-id=") == 50
    assert page.text.index("notice 53") < page.text.index("notice 54") < page.text.index("&lt;b&gt;bold")
    assert f'data-id="{newest}"' in page.text
    assert "notice 5<" not in page.text
    assert "X-Frame-Options" not in page.headers
    assert "<script>" not in page.text
