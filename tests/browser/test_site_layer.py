"""What the finished site's pages show of rows 50 and 55 of the table of faults: Redis killed, and out of memory."""

import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import expect

from tests.faults.layered import Valkey

from .chat_site import ChatSite, log_of
from .conftest import OpenPage
from .test_site_rooms import as_, say, state_of, texts

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]


@pytest_asyncio.fixture(loop_scope="session")
async def valkey() -> AsyncIterator[Valkey]:
    """A Valkey of the test's own."""
    made = Valkey()
    await made.start()
    yield made
    await made.stop()


@pytest_asyncio.fixture(loop_scope="session")
async def over_redis(finished_once: Path, valkey: Valkey, tmp_path: Path) -> AsyncIterator[ChatSite]:
    """The finished site over that Valkey; no beat brings what only a beat would bring."""
    shutil.copytree(finished_once, tmp_path / "project")
    site = ChatSite(tmp_path / "project", {"REDIS_URL": valkey.url, "MULTICHAT_BEAT": "600"})
    await site.start()
    yield site
    await site.stop()


async def test_50_and_55_a_page_while_redis_suffers(over_redis: ChatSite, valkey: Valkey, open_page: OpenPage) -> None:
    """A full Redis: the sender reads that the message is kept. A killed one: the page says so, comes back, has all."""
    alice, bob = [await as_(name, over_redis, open_page) for name in ("alice", "bob")]
    await say(alice, "before")
    await expect(texts(bob)).to_have_text(["before"])
    await valkey.config(maxmemory=1)
    await say(alice, "into a full Redis")
    await expect(log_of(alice)).to_contain_text("The message is kept. The others read it later.")
    await valkey.kill()
    for page in (alice, bob):
        await expect(state_of(page)).to_have_text("Connection lost. Trying again.")
    await valkey.start()
    for page in (alice, bob):
        await page.get_by_role("button", name="Try now").click()
        await expect(state_of(page)).to_have_text("Connected")
    await say(bob, "after")
    for page in (alice, bob):
        await expect(texts(page)).to_have_text(["before", "into a full Redis", "after"])
    await expect(alice.locator(".pending")).to_have_count(0)
