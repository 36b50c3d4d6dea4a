"""The chat of chapter 06, and the finished site, on a Daphne, as their visitors see them."""

import json
from collections.abc import Mapping
from pathlib import Path

from playwright.async_api import Locator, Page, StorageState, expect

from channels_lab.running import servers
from channels_lab.running.process import Process
from channels_lab.running.servers import Listener

__all__ = ["ChatSite", "log_everybody_in", "log_in", "log_of", "say", "state_of"]

Place = Page | Locator  # a page, or what is inside a frame

SESSIONS = "sessions.json"
_LOG_IN = f"""
import json, pathlib
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY, get_user_model
from django.contrib.sessions.backends.db import SessionStore
keys = {{}}
for user in get_user_model().objects.all():
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.save()
    keys[user.username] = session.session_key
pathlib.Path("{SESSIONS}").write_text(json.dumps(keys))
"""


async def log_everybody_in(project: Path) -> None:
    """Give each of the project's users a session, for `ChatSite.logged_in`."""
    process = servers.manage(project, "shell", "--no-imports", "-c", _LOG_IN, name="sessions")
    if await process.end(60):
        process.check()


class ChatSite:
    """Daphne on a project folder; started again, it is on the same port."""

    def __init__(self, project: Path, env: Mapping[str, str] | None = None) -> None:
        self.project = project
        self.port = 0
        self._env = dict(env or {})
        self._process: Process | None = None

    @property
    def room(self) -> str:
        """The address of a room."""
        return self.address("/chat/lobby/")

    def address(self, path: str) -> str:
        """The address of a page."""
        return f"http://127.0.0.1:{self.port}{path}"

    def logged_in(self, name: str) -> StorageState:
        """The state of a browser in which one of the finished site's users is logged in."""
        return {"cookies": [{"name": "sessionid", "value": self.session(name), "domain": "127.0.0.1", "path": "/"}]}

    def session(self, name: str) -> str:
        """The key of a session of one of the finished site's users."""
        return str(json.loads((self.project / SESSIONS).read_text())[name])

    async def start(self) -> None:
        """Start it, and wait until it answers."""
        listener = Listener.open(self.port)
        self.port = listener.port
        with listener.socket:
            self._process = servers.daphne(self.project, listener=listener, env=self._env, record=False)
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


async def log_in(page: Page, name: str) -> None:
    """Log in on the page that asks for it, as one of the course's users."""
    await page.get_by_label("Username").fill(name)
    await page.get_by_label("Password").fill(name)
    await page.get_by_role("main").get_by_role("button", name="Log in").click()
    await page.wait_for_url(lambda url: "/login/" not in url)
