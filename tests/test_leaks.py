"""The leak check itself: it sees what a test has left."""

import os
import socket
import subprocess
import tempfile
import time
from pathlib import Path

import psutil
import pytest

from . import leaks
from .leaks import Files, Traces


def test_a_quiet_test_leaves_nothing() -> None:
    """Where nothing was started, nothing is left."""
    assert Traces.now().left() == []


def test_a_process_is_seen_and_ended() -> None:
    """A child that is still running is named, and is gone afterwards."""
    before = Traces.now()
    child = subprocess.Popen(["sleep", "1000"])
    [line] = before.left(patience=0.1)
    assert "sleep 1000" in line
    assert not psutil.pid_exists(child.pid)
    child.wait(5)


def test_a_daemon_is_seen() -> None:
    """A process that has left its parent and its session is found by the marker in its environment."""
    before = Traces.now()
    subprocess.run(["sh", "-c", "setsid sleep 1001 &"], check=True)
    deadline = time.monotonic() + 10
    while not any(one.info["cmdline"] == ["sleep", "1001"] for one in psutil.process_iter(["cmdline"])):
        assert time.monotonic() < deadline, "it has not come up"  # in the midst of its exec it has no environment
    [line] = before.left(patience=0.1)
    assert "sleep 1001" in line


def test_a_process_with_an_empty_environment_is_seen() -> None:
    """A child that has no environment is found by its descent."""
    before = Traces.now()
    child = subprocess.Popen(["sleep", "1002"], env={})
    [line] = before.left(patience=0.1)
    assert "sleep 1002" in line
    child.wait(5)


def test_a_process_that_ends_in_time_is_none() -> None:
    """What ends while the check waits is not left."""
    before = Traces.now()
    with subprocess.Popen(["sleep", "0.3"]):
        assert before.left() == []


def test_a_listening_port_is_seen() -> None:
    """A port on which this process still listens is named."""
    before = Traces.now()
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        [line] = before.left()
    assert f"listening port {port} " in line


def test_folders_and_sockets_are_seen() -> None:
    """A run folder and a socket file in the temporary folder are named."""
    before = Traces.now()
    folder = Path(tempfile.mkdtemp(prefix="channels-lab-"))
    with socket.socket(socket.AF_UNIX) as unix:
        unix.bind(str(folder / "left.sock"))
    assert before.left() == [f"temporary {folder}", f"temporary {folder / 'left.sock'}"]
    (folder / "left.sock").unlink()
    folder.rmdir()


def test_a_changed_file_is_seen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file of the repository whose content changed is named; one that was only touched is not."""
    changed, touched = tmp_path / "changed", tmp_path / "touched"
    for file in (changed, touched):
        file.write_text("one")
    monkeypatch.setattr(leaks, "ROOT", tmp_path)
    monkeypatch.setattr(leaks, "_CONTENT", {name: leaks._digest(name) for name in ("changed", "touched")})
    before = Files.now()
    changed.write_text("two")
    os.utime(touched, (1, 1))
    assert before.changed() == ["changed file changed"]
