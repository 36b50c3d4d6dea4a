"""Copies of the finished site, as `git clone` gives it, with its tables; and a Daphne on one."""

import shutil
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from channels_lab.running import servers
from channels_lab.running.process import Process
from channels_lab.running.servers import Listener
from tests.conftest import ROOT
from tests.multichat import chat, chats, cookies  # noqa: F401 - fixtures
from tests.site.test_projects import manage


@dataclass
class Up:
    """A server that is ready, on a loopback port."""

    process: Process
    port: int


Serve = Callable[..., AbstractAsyncContextManager[Up]]


@pytest.fixture(scope="session")
def migrated_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The committed site with its tables; tests take copies of it."""
    made = shutil.ignore_patterns("__pycache__", "db.sqlite3*", ".*")
    copy = Path(shutil.copytree(ROOT / "tutorial_project", tmp_path_factory.mktemp("finished") / "site", ignore=made))
    manage(copy, "migrate", "--no-input")
    return copy


@pytest.fixture
def migrated(migrated_once: Path, tmp_path: Path) -> Path:
    """A copy of the site, with its tables and an empty board."""
    return Path(shutil.copytree(migrated_once, tmp_path / "migrated"))


@pytest.fixture
def serve(migrated: Path) -> Serve:
    """Starts Daphnes on the migrated site: `async with serve() as up`; the options are those of `servers.daphne`."""

    @asynccontextmanager
    async def served(*words: str, **options: object) -> AsyncIterator[Up]:
        listener = Listener.open()
        process = servers.daphne(migrated, *words, listener=listener, **options)  # type: ignore[arg-type]
        try:
            await process.ready()
            yield Up(process, listener.port)
        finally:
            await process.stop()
            listener.socket.close()

    return served
