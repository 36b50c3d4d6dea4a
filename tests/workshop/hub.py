"""A real JupyterHub with the configuration of hub/, on this machine: nobody needs an account, all have one password.

Its proxy is the usual one where that is there, which is Node's; else one in Python, which lets no stream through
before its end, and asks for nothing to be installed by hand.
"""

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
from tests.conftest import ROOT
from tests.ports import free_port

__all__ = ["PASSWORD", "Hub", "usual_proxy"]

PASSWORD = "for the test"
_START_SECONDS = 150
_PYTHONS_PROXY = [str(Path(sys.executable).with_name("configurable-http-proxy"))]
_CONFIG = """
import os, sys
os.environ["CHANNELS_LAB_ENVIRONMENT"] = {environment!r}
os.environ["CHANNELS_LAB_ROOT"] = {root!r}
load_subconfig({shipped!r})
c.JupyterHub.bind_url = "http://127.0.0.1:{public}"
c.JupyterHub.hub_bind_url = "http://127.0.0.1:{hub}"
c.ConfigurableHTTPProxy.api_url = "http://127.0.0.1:{api}"
c.ConfigurableHTTPProxy.command = {proxy!r}
c.JupyterHub.spawner_class = "simple"
c.JupyterHub.authenticator_class = "dummy"
c.DummyAuthenticator.password = {password!r}
c.Authenticator.allow_all = True
c.SimpleLocalProcessSpawner.home_dir_template = {homes!r} + "/{{username}}"
c.JupyterHub.db_url = "sqlite:///" + {folder!r} + "/hub.sqlite"
c.JupyterHub.cookie_secret_file = {folder!r} + "/cookie_secret"
c.JupyterHub.cleanup_servers = True

sys.path.insert(0, {ours!r})
from tests.ports import free_port

def before(spawner):
    spawner.port = free_port()

c.Spawner.pre_spawn_hook = before
{more}
"""


class Hub:
    """The hub, seen by browsers as hub.localhost, of which nobody has told Django.

    `more` is configuration that comes after that of hub/.
    """

    def __init__(self, course: Course, folder: Path, more: str = "") -> None:
        self._course = course
        self._folder = folder
        self._more = more
        self._log = folder / "hub.log"

    async def __aenter__(self) -> Self:
        homes = self._folder / "home"
        homes.mkdir()
        public, hub, api = (free_port() for _ in range(3))
        self.url = f"http://hub.localhost:{public}"
        self.local = f"http://127.0.0.1:{public}"
        config = self._folder / "jupyterhub_config.py"
        config.write_text(
            _CONFIG.format(
                environment=str(Path(sys.executable).parent.parent),
                root=str(self._course.root),
                shipped=str(ROOT / "hub/jupyterhub_config.py"),
                ours=str(ROOT),
                proxy=[usual_proxy()] if usual_proxy() else [*_PYTHONS_PROXY, "--proxy-timeout=120000"],
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


def usual_proxy() -> str | None:
    """JupyterHub's usual proxy, of the same name; None where it is not installed."""
    ours = Path(sys.executable).parent
    elsewhere = [folder for folder in os.environ.get("PATH", "").split(os.pathsep) if Path(folder) != ours]
    return shutil.which("configurable-http-proxy", path=os.pathsep.join(elsewhere))
