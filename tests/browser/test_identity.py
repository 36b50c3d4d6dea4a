"""The attack from another port, and the page of one's tokens, in a browser, on the finished site."""

import re
import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Page, expect

from channels_lab.running import servers
from channels_lab.running.migrations import migrate
from channels_lab.running.process import Process
from channels_lab.running.servers import Listener
from tests.conftest import ROOT

from .conftest import OpenPage
from .contrast import faint

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

REFUSED = r"WebSocket connection to 'ws://127\.0\.0\.1:\d+/ws/door/' failed.*403"
# What the learner had before chapter 11's last section, and what others have.
VALIDATORS = {
    "from tokens.origins import OriginOrToken": "from channels.security.websocket import AllowedHostsOriginValidator",
    "OriginOrToken(": "AllowedHostsOriginValidator(",
}


@pytest_asyncio.fixture(loop_scope="session", scope="session")
async def finished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The finished site, its database migrated."""
    made = shutil.ignore_patterns("__pycache__", "db.sqlite3*", ".*")
    folder = Path(shutil.copytree(ROOT / "tutorial_project", tmp_path_factory.mktemp("identity") / "site", ignore=made))
    await migrate(folder, folder.parent / "migrated")
    return folder


class Two:
    """The site, and somebody else's page, each on a port of its own."""

    def __init__(self, project: Path) -> None:
        self.project = project
        self.ports: dict[str, int] = {}
        self._processes: list[Process] = []

    async def start(self, name: str, application: str = "config.asgi:application") -> str:
        """Start one of them; returns its address."""
        listener = Listener.open()
        self.ports[name] = listener.port
        with listener.socket:
            process = servers.daphne(self.project, application, listener=listener, name=name, record=False)
            self._processes.append(process)
            await process.ready()
        return f"http://127.0.0.1:{self.ports[name]}"

    async def stop(self) -> None:
        """Stop both."""
        for process in self._processes:
            await process.stop()


@pytest_asyncio.fixture(loop_scope="session")
async def two(finished: Path, tmp_path: Path) -> AsyncIterator[Two]:
    """A copy of the site, to be started."""
    two = Two(Path(shutil.copytree(finished, tmp_path / "site")))
    yield two
    await two.stop()


async def log_in(page: Page, name: str) -> None:
    """Log in by the site's form."""
    await page.get_by_label("Username").fill(name)
    await page.get_by_label("Password").fill(name)
    await page.get_by_role("button", name="Log in").click()
    await expect(page.get_by_role("button", name="Log out")).to_be_visible()


@pytest.mark.parametrize("mended", [False, True], ids=["hosts", "ports"])
async def test_a_strangers_page(two: Two, open_page: OpenPage, mended: bool) -> None:
    """A page on another port reads as Alice where only hosts are compared, and nothing where ports are."""
    if not mended:
        asgi = two.project / "config" / "asgi.py"
        text = asgi.read_text()
        for ours, theirs in VALIDATORS.items():
            assert ours in text
            text = text.replace(ours, theirs)
        asgi.write_text(text)
    site, evil = await two.start("main"), await two.start("evil", "evil:application")
    page = await open_page(f"{site}/people/login/?next=/people/login/", expected=REFUSED)
    await log_in(page, "alice")
    await page.goto(f"{evil}/?victim=127.0.0.1:{two.ports['main']}")
    if mended:
        await expect(page.locator("pre")).to_have_text("closed with 1006\n")
    else:
        await expect(page.locator("pre")).to_have_text('I have read: {"you": "alice", "by": "session"}\n')


async def test_the_page_of_tokens(two: Two, open_page: OpenPage) -> None:
    """A token is made, shown once, copied and tried; revoked, it closes the socket that tried it."""
    site = await two.start("main")
    page = await open_page(
        f"{site}/tokens/", permissions=["clipboard-read", "clipboard-write"], viewport={"width": 360, "height": 720}
    )
    await log_in(page, "alice")
    await expect(page).to_have_url(f"{site}/tokens/")
    await page.get_by_label("What is it for?").fill("<b>로봇</b>")
    await page.get_by_label("Good for").select_option("an hour")
    await page.get_by_role("button", name="Make a token").click()
    token = await page.get_by_label("Token", exact=True).input_value()
    assert token.startswith("labtoken.")
    await page.get_by_role("button", name="Copy").click()
    await expect(page.get_by_role("status")).to_have_text("Copied.")
    assert await page.evaluate("navigator.clipboard.readText()") == token
    await page.get_by_role("button", name="Try it").click()
    await expect(page.get_by_role("status")).to_have_text("Connected as alice, by token.")
    assert await page.evaluate("document.documentElement.scrollWidth") <= 360
    assert await faint(page.locator("html")) == []

    other = await page.context.new_page()
    await other.goto(f"{site}/tokens/")
    await expect(other.get_by_role("main").get_by_role("list")).to_contain_text("<b>로봇</b>")
    await expect(other.get_by_role("main").get_by_role("list")).to_contain_text("Last used")
    assert token not in await other.content()
    await other.get_by_role("button", name="Revoke <b>로봇</b>").click()
    await expect(other.get_by_text("None yet.")).to_be_visible()
    await expect(page.get_by_role("status")).to_have_text("Closed with 4001: USER_HAS_TO_LOGIN.")
    await page.get_by_role("button", name="Try it").click()
    # A browser that has not answered Daphne's close within a second is cut off, and may not have read the code: 1006.
    await expect(page.get_by_role("status")).to_have_text(re.compile(r"Closed with (4001|1006): TOKEN_REVOKED\."))


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_the_page_can_be_read(two: Two, open_page: OpenPage, scheme: str) -> None:
    """In both colour schemes every text has contrast; a screen reader finds form, list and names."""
    page = await open_page(f"{await two.start('main')}/tokens/", color_scheme=scheme)
    await log_in(page, "bob")
    await page.get_by_label("What is it for?").fill("robot")
    await page.get_by_role("button", name="Make a token").click()
    assert await faint(page.locator("html")) == []
    await expect(page.locator("main")).to_match_aria_snapshot(
        """
        - main:
          - heading "Tokens" [level=1]
          - paragraph
          - region "Your new token":
            - heading "Your new token" [level=2]
            - textbox "Token": /labtoken/
          - region "Make one":
            - textbox "What is it for?"
            - combobox "Good for"
            - button "Make a token"
          - region "Yours":
            - list:
              - listitem:
                - strong: robot
                - button "Revoke robot"
        """
    )
