"""Processes that do as a test asks."""

import shutil
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest

from channels_lab.running.process import Process
from channels_lab.running.warmstart import WarmStart

Start = Callable[..., Process]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with the module `probe`, to start processes in."""
    folder = tmp_path / "probes"
    folder.mkdir()
    shutil.copy(Path(__file__).with_name("probe.py"), folder)
    return folder


@pytest.fixture
async def start(folder: Path, keeper: WarmStart) -> AsyncIterator[Start]:
    """Starts `probe:TARGET`; what is still there after the test is stopped."""
    started: list[Process] = []

    def start(target: str, *args: str, **options: Any) -> Process:
        options.setdefault("cwd", folder)
        process = Process("probe", f"probe {target}", f"probe:{target}", list(args), **options)
        started.append(process)
        return process

    yield start
    for process in started:
        await process.stop()
