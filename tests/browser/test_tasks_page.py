"""The tasks' page of the finished site in the browser: started, watched, lost sight of, and found again."""

import os
import re
import shutil
import signal
import sqlite3
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, closing
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import pytest
import pytest_asyncio
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Locator, Page, expect

from channels_lab.running import servers
from channels_lab.running.process import Process

from .chat_site import ChatSite
from .conftest import OpenPage

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

LOST = r"WebSocket connection to 'ws://127\.0\.0\.1:\d+/ws/tasks/"
RUNNING = re.compile(r"running: \d of 5")
SAY = "INSERT INTO multichat_message (room_id, username, text, at) VALUES (1, 'alice', ?, '2026-01-01 12:00')"

# Notes how far the first bar is, each time that it is told.
WATCH = """() => {
    window.bars = [];
    const [item] = document.getElementById("tasks").children;
    const note = () => bars.push([item.querySelector("progress").value, item.dataset.state]);
    new MutationObserver(note).observe(item.querySelector(".task-state"), { childList: true });
}"""


@dataclass
class TasksSite(ChatSite):
    """The finished site on a Valkey, with workers."""

    def __init__(self, project: Path, env: dict[str, str], stack: AsyncExitStack) -> None:
        super().__init__(project, env)
        self.env = env
        self.stack = stack

    async def work(self, pace: float) -> Process:
        """Start a worker, whose steps take so many seconds."""
        env = self.env | {"TASKS_PACE": str(pace)}
        process = servers.worker(self.project, ("background-tasks",), env=env)
        self.stack.push_async_callback(process.stop)
        return await process.ready(20)


@pytest_asyncio.fixture(loop_scope="session")
async def site(finished_once: Path, tmp_path: Path) -> AsyncIterator[TasksSite]:
    """The site, with something said in the lobby, and little patience."""
    project = Path(shutil.copytree(finished_once, tmp_path / "project"))
    with closing(sqlite3.connect(project / "db.sqlite3")) as database, database:
        database.executemany(SAY, [(f"hello {number}",) for number in range(5)])
    async with AsyncExitStack() as stack:
        redis = await servers.redis()
        stack.push_async_callback(redis.stop)
        env = {"REDIS_URL": redis.url, "TASKS_EXPIRY": "3", "TASKS_LOST_AFTER": "3"}
        site = TasksSite(project, env, stack)
        await site.start()
        stack.push_async_callback(site.stop)
        yield site


async def as_alice(site: TasksSite, open_page: OpenPage, **options: object) -> Page:
    """Alice's page, connected."""
    page = await open_page(site.address("/tasks/"), storage_state=site.logged_in("alice"), **options)
    await expect(page.get_by_role("status")).to_have_text("Connected")
    return page


async def start(page: Page, what: str = "Count the words") -> None:
    """Start a task by the form."""
    await page.get_by_label("What").select_option(what)
    await page.get_by_role("button", name="Start", exact=True).click()


def task(page: Page, number: int) -> Locator:
    """A task in the list."""
    return page.get_by_role("listitem").filter(has_text=f"#{number}")


async def test_a_bar_moves_in_every_tab(site: TasksSite, open_page: OpenPage) -> None:
    """A task waits for its worker, moves step by step in both tabs, and has a result to take home."""
    page, other = await as_alice(site, open_page), await as_alice(site, open_page)
    await start(page, "Export as text")
    for tab in (page, other):
        await expect(task(tab, 1)).to_contain_text("waiting for a worker, at most 3 s")
        await tab.evaluate(WATCH)
    await site.work(pace=0.1)
    for tab in (page, other):
        await expect(task(tab, 1)).to_contain_text("done")
        assert await tab.evaluate("bars") == [*([step, "running"] for step in range(6)), [5, "done"]]
        bar = tab.get_by_role("progressbar", name="Export as text, Lobby, number 1")
        await expect(bar).to_have_attribute("max", "5")
    await expect(page.locator("#task-news")).to_have_text("Export as text, Lobby: done")
    async with page.expect_download() as download:
        await task(page, 1).get_by_role("link", name="Result").click()
    text = (await (await download.value).path()).read_text()
    assert text.splitlines()[0].endswith("alice: hello 0") and len(text.splitlines()) == 5


async def test_it_finds_its_way_back(site: TasksSite, open_page: OpenPage) -> None:
    """A page that is loaded again in the middle, or whose server was away, goes on where the task is by then."""
    await site.work(pace=0.4)
    page = await as_alice(site, open_page, expected=LOST)
    await start(page)
    await expect(task(page, 1)).to_contain_text(RUNNING)
    await page.reload()
    await expect(task(page, 1)).to_contain_text("of 5")
    await site.stop()
    await expect(page.get_by_role("status")).to_contain_text("Connection lost")
    await expect(task(page, 1)).to_contain_text("running")
    await site.start()
    await expect(task(page, 1)).to_contain_text("done")


async def test_a_killed_worker_and_none(site: TasksSite, open_page: OpenPage) -> None:
    """The page says by itself that a task is lost or has expired, aloud too, and starts it again when asked to."""
    worker = await site.work(pace=0.6)
    page = await as_alice(site, open_page)
    await start(page)
    await expect(task(page, 1)).to_contain_text(RUNNING)
    os.kill(worker.pid, signal.SIGKILL)
    await expect(task(page, 1)).to_contain_text("lost: its worker is gone")
    await expect(page.locator("#task-news")).to_contain_text("lost: its worker is gone")
    await start(page)
    await expect(task(page, 2)).to_contain_text("expired: no worker took it in time")
    await site.work(pace=0.01)
    await task(page, 2).get_by_role("button", name="Start again").click()
    await expect(task(page, 3)).to_contain_text("done")
    await expect(page.locator(".task").first).to_contain_text("#3")


async def test_without_a_script(site: TasksSite, open_page: OpenPage) -> None:
    """Where no JavaScript runs the form starts the task all the same, and the page shows how it stands when loaded."""
    await site.work(pace=0.01)
    address = site.address("/tasks/")
    page = await open_page(address, storage_state=site.logged_in("alice"), java_script_enabled=False)
    await start(page)
    await expect(page).to_have_url(address)
    deadline = 50
    while "done" not in await task(page, 1).inner_text() and (deadline := deadline - 1):
        await page.reload()
    await expect(task(page, 1).get_by_role("link", name="Result")).to_be_visible()


async def test_a_refusal_is_shown(site: TasksSite, open_page: OpenPage) -> None:
    """What the server refuses stands in the page as a sentence, and goes with the next start."""
    page = await as_alice(site, open_page)
    await page.get_by_label("Room").evaluate("select => select.options[0].value = '77'")
    await start(page)
    await expect(page.get_by_role("alert")).to_have_text("There is no such room.")
    await page.get_by_label("Room").select_option("한국어 방")
    await start(page)
    await expect(page.get_by_role("alert")).to_be_empty()
    await expect(task(page, 1)).to_contain_text("한국어 방")


async def test_a_guest_is_sent_to_log_in(site: TasksSite, open_page: OpenPage) -> None:
    """Who is not logged in finds no form, but the way to one."""
    page = await open_page(site.address("/tasks/"))
    await page.get_by_role("main").get_by_role("link", name="log in").click()
    await expect(page).to_have_url(site.address("/people/login/?next=/tasks/"))


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_axe_finds_nothing_in_any_state(
    site: TasksSite, open_page: OpenPage, scheme: Literal["light", "dark"]
) -> None:
    """Whatever state a task is in, axe finds no fault, and on a phone nothing sticks out."""
    states = ["done", "failed", "lost", "expired", "running", "waiting"]
    insert = "INSERT INTO tasks_task (user_id, room_id, kind, durable, state, step, steps, result, changed)"
    insert += " SELECT id, 1, 'count', ?, ?, 2, 5, '', '2099-01-01 12:00' FROM auth_user WHERE username = 'alice'"
    with closing(sqlite3.connect(site.project / "db.sqlite3")) as database, database:
        database.executemany(insert, [(state == "waiting", state) for state in states])
    page = await as_alice(site, open_page, color_scheme=scheme, viewport={"width": 375, "height": 667})
    await expect(page.get_by_role("listitem").filter(has_text="#6")).to_contain_text("kept until one comes")
    results = await Axe().run(page)
    assert results.violations_count == 0, results.generate_report()
    assert await page.evaluate("document.documentElement.scrollWidth") <= 375
