"""Preloading and the keeper's report on it."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from channels_lab.running import preload, servers, warmstart
from channels_lab.running.servers import Listener
from channels_lab.running.warmstart import WarmStart

from .conftest import Start


def in_python(code: str) -> str:
    """What a fresh interpreter prints."""
    done = subprocess.run([sys.executable, "-W", "ignore", "-c", code], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_everything_that_is_named_can_be_imported() -> None:
    """Every module of the list imports, or belongs to a project."""
    assert in_python("from channels_lab.running.preload import preload; print(repr(preload()))") == "''"


def test_no_reactor_and_no_settings() -> None:
    """Preloading installs no Twisted reactor and configures no Django."""
    code = (
        "import sys; from channels_lab.running.preload import preload; preload(); from django.conf import settings;"
        "print(settings.configured, *(n in sys.modules for n in"
        " ('twisted.internet.reactor', 'daphne.server', 'daphne.cli', 'daphne.apps')))"
    )
    assert in_python(code) == "False False False False False"


async def test_what_a_process_finds(start: Start) -> None:
    """A forked process has Django, Channels and Daphne's parts, out of the collector's sight, and no reactor."""
    process = start("look")
    assert await process.end(20) == 0, process.log
    about = json.loads(process.log)
    assert {"django.core.handlers.asgi", "channels.layers", "daphne.http_protocol"} <= {*about["modules"]}
    assert not {"twisted.internet.reactor", "daphne.server", "daphne.cli", "daphne.apps"} & {*about["modules"]}
    assert about["frozen"] > 10_000


def test_a_missing_module_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """A module that is not installed is reported by name."""
    monkeypatch.setattr(preload, "PRELOADED", ["json", "no_such_module"])
    assert preload.preload() == (
        "no_such_module could not be preloaded: ModuleNotFoundError: No module named 'no_such_module'"
    )


def test_a_harmful_module_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """A reactor that came in with something else is reported."""
    monkeypatch.setattr(preload, "PRELOADED", [])
    monkeypatch.setitem(sys.modules, "daphne.server", sys)
    assert preload.preload() == "daphne.server must not be preloaded"


async def test_a_failed_preload_starts_servers_cold(
    tmp_path: Path, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where preloading fails, the keeper says why, and a server starts all the same."""
    broken = tmp_path / "broken"
    broken.mkdir()
    # Found before the real one, by the keeper alone: a cold server does not import it.
    (broken / "autobahn.py").write_text("raise ImportError('broken on purpose')\n")
    monkeypatch.setenv("PYTHONPATH", str(broken))
    keeper = WarmStart()
    monkeypatch.delenv("PYTHONPATH")
    try:
        assert "autobahn" in keeper.wait_until_warm()
        assert "broken on purpose" in keeper.wait_until_warm()
        listener = Listener.open()
        with listener.socket:
            process = servers.daphne(project, listener=listener, keeper=keeper)
            await process.ready(30)
        assert process.alive
        await process.stop()
    finally:
        keeper.close()


def test_a_keeper_that_never_reports(monkeypatch: pytest.MonkeyPatch) -> None:
    """A keeper that does not report in time is told as such."""
    keeper = WarmStart()
    try:
        with pytest.raises(warmstart.LabError, match="took more than 0 s"):
            keeper.wait_until_warm(timeout=0)
    finally:
        keeper.close()


def test_a_module_beside_the_notebook_is_not_preloaded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file django.py in the working folder does not stand in for Django."""
    (tmp_path / "django.py").write_text("raise RuntimeError('the wrong one')\n")
    monkeypatch.chdir(tmp_path)
    keeper = WarmStart()
    try:
        assert keeper.wait_until_warm() == ""
    finally:
        keeper.close()
