"""The browser of the session, JupyterLab as the program starts it, and the chat's own pages on a server."""

import re
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Browser, ConsoleMessage, Page, Playwright, async_playwright, expect
from playwright.async_api import Error as PlaywrightError

from channels_lab.course.course import Chapter, Course
from channels_lab.course.workspace import Workspace
from channels_lab.running.migrations import migrate
from tests.conftest import ROOT

from .chat_site import ChatSite, log_everybody_in
from .jupyterlab import JupyterLab, Notebook

_ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
_DEADLINE = 30  # seconds, for each thing that a page is waited for

OpenPage = Callable[..., Awaitable[Page]]
OpenNotebook = Callable[..., Awaitable[Notebook]]

expect.set_options(timeout=_DEADLINE * 1000)


@pytest_asyncio.fixture(loop_scope="session", scope="session")
async def chromium(needs: Callable[[str], str]) -> AsyncIterator[Browser]:
    """The system's Chromium, started once."""
    async with async_playwright() as playwright:
        browser = await _launched(playwright, needs("chromium"))
        yield browser
        await browser.close()


async def _launched(playwright: Playwright, path: str) -> Browser:
    """A browser that has shown a page: on a busy machine one in many dies at its first, and another is started."""
    for left in (2, 1, 0):
        browser = await playwright.chromium.launch(executable_path=path, args=_ARGUMENTS)
        try:
            page = await browser.new_page()
            await page.goto("data:text/html,ready")
            await page.close()
            break
        except PlaywrightError:
            await browser.close()
            if not left:
                raise
    return browser


@pytest_asyncio.fixture(loop_scope="session")
async def open_page(chromium: Browser) -> AsyncIterator[OpenPage]:
    """Opens pages, each as a person of its own; what they write to the console as an error fails the test.

    `expected` is a pattern of errors that belong to the test; other options are those of a browser context.
    """
    contexts = []
    errors: list[str] = []

    async def open_(url: str, *, expected: str = r"(?!)", **options: Any) -> Page:
        context = await chromium.new_context(**options)
        contexts.append(context)
        context.set_default_timeout(_DEADLINE * 1000)
        page = await context.new_page()

        def hear(message: ConsoleMessage) -> None:
            where = message.location["url"]
            ours = not re.search(r"/static/lab/|/lab/extensions/", where)  # JupyterLab's scripts are not
            if message.type in ("error", "warning") and ours and not re.search(expected, message.text):
                errors.append(f"{message.text} ({where})")

        page.on("console", hear)
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("request", lambda request: _is_local(request.url) or errors.append(f"asked for {request.url}"))
        await page.goto(url)
        return page

    yield open_
    for context in contexts:
        await context.close()
    assert not errors


def _is_local(url: str) -> bool:
    return bool(re.match(r"(http://((hub\.)?localhost|127\.0\.0\.1)[:/]|data:|blob:|about:)", url))


# JupyterLab


@pytest_asyncio.fixture(loop_scope="session", scope="session")
async def jupyterlab(course: Course, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[JupyterLab]:
    """JupyterLab on one's own machine, started once by the program."""
    async with JupyterLab(course, tmp_path_factory.mktemp("jupyter lab")) as lab:
        yield lab


@pytest_asyncio.fixture(loop_scope="session")
async def learner(jupyterlab: JupyterLab) -> AsyncIterator[Workspace]:
    """The workspace of that JupyterLab, as new; kernels end with the test, after the pages."""
    yield jupyterlab.workspace
    await jupyterlab.end_kernels()
    shutil.rmtree(jupyterlab.workspace.folder)
    jupyterlab.workspace.prepare()


@pytest.fixture
def open_notebook(jupyterlab: JupyterLab, learner: Workspace, open_page: OpenPage) -> OpenNotebook:
    """Opens a notebook of the learner's in JupyterLab."""

    async def open_(name: str, **options: Any) -> Notebook:
        page = await open_page(jupyterlab.address(name), **options)
        return await Notebook(page, learner.notebooks / name).ready()

    return open_


@pytest.fixture
def in_06(course: Course, learner: Workspace) -> Workspace:
    """The learner's workspace when all file cells of chapter 06 have been run."""
    run_cells_of(course.chapter("06"), learner)
    return learner


def run_cells_of(chapter: Chapter, workspace: Workspace) -> None:
    """Run all file cells of a chapter in a workspace."""
    workspace.open(chapter)
    for cell in chapter.file_cells:
        workspace.write(cell, chapter)


# The chat's own pages


@pytest_asyncio.fixture(loop_scope="session", scope="session", params=["06", "08"])
async def migrated(request: pytest.FixtureRequest, course: Course, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The project at the end of a chapter that changed the chat, its database migrated."""
    return await migrated_after(course.chapter(request.param), course, tmp_path_factory.mktemp("chat"))


async def migrated_after(chapter: Chapter, course: Course, parent: Path) -> Path:
    """Write the project at the end of a chapter into `parent`, and migrate its database; returns its folder."""
    folder = parent / "project"
    for name, text in course.after(chapter).texts().items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    await migrate(folder, folder.parent / "migrated")
    return folder


@pytest_asyncio.fixture(loop_scope="session", scope="session")
async def finished_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The committed site, its database migrated, its users logged in; tests take copies of it."""
    ignored = shutil.ignore_patterns("__pycache__", "db.sqlite3*", ".*")
    made = tmp_path_factory.mktemp("finished") / "project"
    shutil.copytree(ROOT / "tutorial_project", made, ignore=ignored)
    await migrate(made, made.parent / "migrated")
    await log_everybody_in(made)
    return made


@pytest_asyncio.fixture(loop_scope="session")
async def finished(finished_once: Path, tmp_path: Path) -> AsyncIterator[ChatSite]:
    """The finished site, served by Daphne."""
    shutil.copytree(finished_once, tmp_path / "project")
    site = ChatSite(tmp_path / "project")
    await site.start()
    yield site
    await site.stop()


@pytest_asyncio.fixture(loop_scope="session")
async def site(migrated: Path, tmp_path: Path) -> AsyncIterator[ChatSite]:
    """The chat, served by Daphne."""
    shutil.copytree(migrated, tmp_path / "project")
    site = ChatSite(tmp_path / "project")
    await site.start()
    yield site
    await site.stop()
