"""JupyterLab as `channels-lab` starts it, and a notebook in it as a learner works with it."""

import asyncio
import json
import os
import re
import secrets
import sys
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import httpx
import nbformat
import psutil
from nbformat.v4 import new_code_cell, new_notebook
from playwright.async_api import Locator, Page, expect

from channels_lab.course.course import Course
from channels_lab.course.workspace import Workspace
from tests.patience import within

__all__ = ["JupyterLab", "Notebook", "write_notebook"]

_ADDRESS = re.compile(r"(http://127\.0\.0\.1:\d+)(/\S*?)(lab\S*)\?token=(\w+)")
_START_SECONDS = 60
_STOP_SECONDS = 20  # its kernels have five to end
_RAN = """() => {
    const prompts = [...document.querySelectorAll(".jp-Notebook .jp-CodeCell .jp-InputPrompt")];
    return prompts.length > 0 && prompts.every(prompt => /^\\[\\d+\\]:$/.test(prompt.textContent));
}"""


class JupyterLab:
    """The program's own JupyterLab, on a workspace of its own; `prefix` is what a hub would put before all paths."""

    def __init__(self, course: Course, folder: Path, prefix: str = "/") -> None:
        self.workspace = Workspace(course, folder / "workspace")
        self.first = ""  # the address that is printed for the learner
        self._folder = folder
        self._prefix = prefix
        self._root = self._token = ""
        self._said: list[str] = []

    async def __aenter__(self) -> Self:
        config = self._folder / "config"
        config.mkdir()
        settings = {"ServerApp": {"base_url": self._prefix}}
        (config / "jupyter_server_config.json").write_text(json.dumps(settings))
        self._process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "channels_lab.cli", "--no-browser", "--port", "0"),
            env=os.environ
            | {
                "CHANNELS_LAB_WORKSPACE": str(self.workspace.folder),
                "JUPYTER_CONFIG_DIR": str(config),
                "JUPYTER_RUNTIME_DIR": str(self._folder / "runtime"),
            },
            cwd=self.workspace.course.root,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        try:
            async with asyncio.timeout(_START_SECONDS):
                await self._printed_address()
        except BaseException:
            await self._stop()
            raise AssertionError("JupyterLab did not start:\n" + "".join(self._said)) from None
        # A pipe that nobody reads would fill.
        self._reading = asyncio.create_task(self._read_on())
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._stop()
        await self._reading

    def address(self, notebook: str) -> str:
        """The address of a notebook, in a layout of its own: no tab of an earlier test comes back."""
        layout = secrets.token_hex(4)
        return f"{self._root}lab/workspaces/{layout}/tree/notebooks/{notebook}?token={self._token}"

    async def set_theme(self, theme: str) -> None:
        """Choose a theme, as the Settings menu does."""
        async with self._http() as http:
            about = {"raw": json.dumps({"theme": theme})}
            await http.put("lab/api/settings/@jupyterlab/apputils-extension:themes", json=about)

    async def end_kernels(self) -> None:
        """End all kernels."""
        async with self._http() as http:
            for session in (await http.get("api/sessions")).json():
                await http.delete(f"api/sessions/{session['id']}")
            for kernel in (await http.get("api/kernels")).json():
                await http.delete(f"api/kernels/{kernel['id']}")

    def _http(self) -> httpx.AsyncClient:
        async def check(answer: httpx.Response) -> None:
            answer.raise_for_status()

        return httpx.AsyncClient(
            base_url=self._root,
            headers={"Authorization": f"token {self._token}"},
            event_hooks={"response": [check]},
            trust_env=False,
            timeout=20,
        )

    async def _printed_address(self) -> None:
        assert self._process.stdout
        while line := (await self._process.stdout.readline()).decode():
            self._said.append(line)
            if found := _ADDRESS.search(line):
                self._root, self.first, self._token = found[1] + found[2], found[0], found[4]
                return
        raise EOFError

    async def _read_on(self) -> None:
        assert self._process.stdout
        async for line in self._process.stdout:
            self._said.append(line.decode())

    async def _stop(self) -> None:
        if self._process.returncode is None:
            self._process.terminate()
        try:
            await asyncio.wait_for(self._process.wait(), within(_STOP_SECONDS))
        except TimeoutError:
            family = [" ".join(one.cmdline()) for one in psutil.Process(self._process.pid).children(recursive=True)]
            self._process.kill()
            raise AssertionError("\n".join(["JupyterLab did not stop; it has", *family, *self._said])) from None


class Notebook:
    """One open notebook: its cells by their order among the code cells, and the menus."""

    def __init__(self, page: Page, file: Path) -> None:
        self.page = page
        self.file = file
        self.cells = page.locator(".jp-Notebook .jp-CodeCell")

    async def ready(self) -> Self:
        """Wait until it is shown and its kernel idle."""
        await self.cells.first.wait_for()
        await expect(self.page.locator("#jp-main-statusbar")).to_contain_text("Python 3 (ipykernel) | Idle")
        return self

    async def menu(self, name: str, item: str) -> None:
        """Choose an item of a menu."""
        await self.page.get_by_role("menuitem", name=name, exact=True).click()
        await self.page.get_by_role("menuitem", name=item, exact=True).click()

    async def run_all(self, timeout: float = 60) -> None:
        """Choose Run All Cells, and wait until all have run."""
        await self.menu("Run", "Run All Cells")
        await self.page.wait_for_function(_RAN, timeout=timeout * 1000)

    async def start(self, number: int) -> None:
        """Run one code cell, and do not wait for it."""
        await self.cells.nth(number).locator(".jp-InputPrompt").click()
        await self.page.keyboard.press("Control+Enter")

    async def run(self, number: int, timeout: float = 20) -> Locator:
        """Run one code cell, and wait until it has; returns its output."""
        before = await self.prompt(number).text_content()
        await self.start(number)
        await expect(self.prompt(number)).not_to_have_text(before or "")
        await self.ran(number, timeout)
        return self.output(number)

    async def ran(self, number: int, timeout: float = 20) -> None:
        """Wait until a code cell has run."""
        await expect(self.prompt(number)).to_have_text(re.compile(r"^\[\d+\]:$"), timeout=timeout * 1000)

    async def restart(self) -> None:
        """Restart the kernel, and wait until it is idle."""
        await self.page.get_by_role("button", name="Restart the kernel", exact=True).click()
        await self.page.get_by_role("button", name="Confirm Kernel Restart").click()
        await self.ready()

    def prompt(self, number: int) -> Locator:
        """What stands left of a code cell: `[*]:` while it runs."""
        return self.cells.nth(number).locator(".jp-InputPrompt")

    def output(self, number: int) -> Locator:
        """What a code cell has shown."""
        return self.cells.nth(number).locator(".jp-OutputArea")

    async def saved(self) -> Any:
        """Save it, and read the file."""
        await self.page.locator(".jp-Notebook .jp-InputPrompt").first.click()
        await self.page.keyboard.press("Control+s")
        await expect(self.page.locator(".lm-TabBar-tab.jp-mod-current.jp-mod-dirty")).to_have_count(0)
        return nbformat.read(self.file, as_version=4)


def write_notebook(file: Path, *cells: str, outputs: dict[int, list[Any]] | None = None) -> None:
    """Write a notebook of code cells; `outputs` are those of some, by number."""
    made = [new_code_cell(source) for source in cells]
    for number, shown in (outputs or {}).items():
        made[number].outputs = shown
    kernel = {"name": "python3", "display_name": "Python 3 (ipykernel)", "language": "python"}
    nbformat.write(new_notebook(cells=made, metadata={"kernelspec": kernel}), file)
