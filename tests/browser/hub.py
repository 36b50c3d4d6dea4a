"""A real JupyterHub with the configuration of hub/, on this machine: nobody needs an account, all have one password."""

import asyncio
import os
import shutil
import sys
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

import psutil
from playwright.async_api import Page, expect

from channels_lab.course.course import Course
from channels_lab.course.workspace import Workspace
from channels_lab.running.servers import Listener
from tests.conftest import ROOT

__all__ = ["Hub"]

PASSWORD = "for the test"
_START_SECONDS = 90
_CONFIG = """
import os
os.environ["CHANNELS_LAB_ENVIRONMENT"] = {environment!r}
os.environ["CHANNELS_LAB_ROOT"] = {root!r}
load_subconfig({shipped!r})
c.JupyterHub.bind_url = "http://127.0.0.1:{public}"
c.JupyterHub.hub_bind_url = "http://127.0.0.1:{hub}"
c.ConfigurableHTTPProxy.api_url = "http://127.0.0.1:{api}"
c.JupyterHub.spawner_class = "simple"
c.JupyterHub.authenticator_class = "dummy"
c.DummyAuthenticator.password = {password!r}
c.Authenticator.allow_all = True
c.SimpleLocalProcessSpawner.home_dir_template = {homes!r} + "/{{username}}"
c.JupyterHub.db_url = "sqlite:///" + {folder!r} + "/hub.sqlite"
c.JupyterHub.cookie_secret_file = {folder!r} + "/cookie_secret"
c.JupyterHub.cleanup_servers = True
{more}
"""


class Hub:
    """The hub, seen by browsers as hub.localhost, of which nobody has told Django; `more` is configuration."""

    def __init__(self, course: Course, folder: Path, more: str = "") -> None:
        self._course = course
        self._folder = folder
        self._more = more
        self._log = folder / "hub.log"

    async def __aenter__(self) -> Self:
        homes = self._folder / "home"
        homes.mkdir()
        listeners = [Listener.open() for _ in range(3)]
        public, hub, api = (listener.port for listener in listeners)
        for listener in listeners:
            listener.socket.close()
        self.url = f"http://hub.localhost:{public}"
        self.local = f"http://127.0.0.1:{public}"
        config = self._folder / "jupyterhub_config.py"
        config.write_text(
            _CONFIG.format(
                environment=str(Path(sys.executable).parent.parent),
                root=str(self._course.root),
                shipped=str(ROOT / "hub/jupyterhub_config.py"),
                folder=str(self._folder),
                homes=str(homes),
                password=PASSWORD,
                more=self._more,
                **{"public": public, "hub": hub, "api": api},
            )
        )
        with self._log.open("wb") as log:
            self._process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "jupyterhub", "--config", str(config)),
                cwd=self._folder,
                env={name: value for name, value in os.environ.items() if not name.startswith("JUPYTER_")},
                stdout=log,
                stderr=log,
            )
        try:
            async with asyncio.timeout(_START_SECONDS):
                while b"JupyterHub is now running" not in self._log.read_bytes():
                    assert self._process.returncode is None
                    await asyncio.sleep(0.1)
        except BaseException:
            await self._stop()
            raise AssertionError("JupyterHub did not start:\n" + self.said()) from None
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._stop()

    def log(self) -> str:
        """What it, its services and its learners' servers have written."""
        return self._log.read_text(errors="replace")

    def said(self) -> str:
        """The end of its log."""
        return self.log()[-6000:]

    def workspace(self, name: str) -> Workspace:
        """A learner's workspace, where the hub's configuration has it."""
        return Workspace(self._course, self._folder / "home" / name / "channels-lab")

    async def log_in(self, page: Page, name: str) -> None:
        """Log in on the hub's page, and wait for the learner's JupyterLab."""
        await page.get_by_label("Username").fill(name)
        await page.get_by_label("Password").fill(PASSWORD)
        await page.get_by_role("button", name="Sign in").click()
        await page.wait_for_url(f"**/user/{name}/lab**", timeout=_START_SECONDS * 1000)
        await expect(page.locator("#jp-main-dock-panel")).to_be_visible(timeout=60_000)

    async def _stop(self) -> None:
        started = psutil.Process(self._process.pid).children(recursive=True) if self._process.returncode is None else []
        if self._process.returncode is None:
            self._process.terminate()
        try:
            await asyncio.wait_for(self._process.wait(), 60)
        except TimeoutError:
            self._process.kill()
            raise AssertionError("JupyterHub did not stop:\n" + self.said()) from None
        finally:
            for process in started:
                with suppress(psutil.NoSuchProcess):
                    process.kill()

    @staticmethod
    def missing() -> str:
        """What a hub needs and this machine has not, with the line that installs it; "" for nothing."""
        try:
            import jupyterhub  # noqa: F401
        except ImportError:
            return "jupyterhub is not installed: uv sync --group test --group hub"
        return "" if shutil.which("configurable-http-proxy") else "npm install -g configurable-http-proxy"
