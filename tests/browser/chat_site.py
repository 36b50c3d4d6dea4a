"""The chat of chapter 06 on a Daphne, as its visitors see it."""

from pathlib import Path

from playwright.async_api import Locator, Page, expect

from channels_lab.running import servers
from channels_lab.running.process import Process
from channels_lab.running.servers import Listener

__all__ = ["ChatSite", "log_of", "say", "state_of"]

Place = Page | Locator  # a page, or what is inside a frame


class ChatSite:
    """Daphne on a project folder; started again, it is on the same port."""

    def __init__(self, project: Path) -> None:
        self.project = project
        self.port = 0
        self._process: Process | None = None

    @property
    def room(self) -> str:
        """The address of a room."""
        return f"http://127.0.0.1:{self.port}/chat/lobby/"

    async def start(self) -> None:
        """Start it, and wait until it answers."""
        listener = Listener.open(self.port)
        self.port = listener.port
        with listener.socket:
            self._process = servers.daphne(self.project, listener=listener, record=False)
            await self._process.ready()

    async def stop(self) -> None:
        """Stop it, if it runs."""
        if self._process:
            await self._process.stop()


def state_of(page: Place) -> Locator:
    """The words that say whether the page is connected."""
    return page.get_by_role("status")


def log_of(page: Place) -> Locator:
    """The messages."""
    return page.get_by_role("log", name="Messages")


async def say(page: Place, text: str) -> None:
    """Write a message and send it."""
    await expect(page.get_by_role("button", name="Send")).to_be_enabled()
    await page.get_by_role("textbox", name="Message").fill(text)
    await page.get_by_role("button", name="Send").click()
