import json
import re
import signal
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import httpx
import pytest

from tests.cli.conftest import PROGRAM


@contextmanager
def opened(small, environment, *words: str) -> Iterator[tuple[subprocess.Popen, str, list[str]]]:
    """Run `channels-lab --no-browser WORD…` until JupyterLab listens: the program, its URL, and what it has said."""
    process = subprocess.Popen(
        [*PROGRAM, "--no-browser", *words],
        cwd=small.root,
        env=environment | {"PYTHONUNBUFFERED": "1"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    said = []
    with process:
        try:
            for line in process.stdout:  # ends with the program, which pytest-timeout bounds
                said.append(line.rstrip())
                if found := re.search(r"http://\S+?:\d+/lab\S*token=\w+", line):
                    yield process, found[0], said
                    break
            else:
                pytest.fail("\n".join(said))
        finally:
            process.kill()
            process.stdout.read()


def interrupt_twice(process: subprocess.Popen) -> None:
    """Press Ctrl-C twice in a breath; on a busy machine JupyterLab may miss one, and a person presses again."""
    for _ in range(3):
        for patience in (0.1, 8):
            process.send_signal(signal.SIGINT)
            with suppress(subprocess.TimeoutExpired):
                process.wait(timeout=patience)
                return


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        return free.getsockname()[1]


@pytest.mark.parametrize("ending", ["SIGTERM", "SIGINT twice"])
def test_the_course_opens_in_jupyterlab_on_the_learners_copy(small, environment, ending):
    """Without a command JupyterLab starts at the learner's copy of the first chapter, and ends when told."""
    port = free_port()
    with opened(small, environment, "--port", str(port)) as (process, url, said):
        assert said[0].startswith("✓ system:")
        address = httpx.URL(url)
        assert (address.port, address.path) == (port, "/lab/tree/notebooks/00_start_here.ipynb")
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", params=address.params, trust_env=False) as http:
            assert http.get(address.path).status_code == 200
            content = http.get("/api/contents/notebooks/00_start_here.ipynb").raise_for_status().json()["content"]
        original = json.loads((small.root / "notebooks" / "00_start_here.ipynb").read_text())
        assert [cell["source"] for cell in content["cells"]] == [cell["source"] for cell in original["cells"]]
        assert (small.root / "workspace" / "notebooks" / "01_next.ipynb").exists()
        if ending == "SIGTERM":
            process.terminate()
        else:
            interrupt_twice(process)
        process.wait(timeout=20)
        assert process.returncode in (0, -signal.SIGTERM, -signal.SIGINT)
    with pytest.raises(httpx.ConnectError):
        httpx.get(f"http://127.0.0.1:{port}/", trust_env=False)


def test_a_taken_port_gives_the_next_free_one(small, environment):
    """Where the port is taken JupyterLab comes on another, and says so in its address."""
    with socket.create_server(("127.0.0.1", 0)) as stranger:
        port = stranger.getsockname()[1]
        with opened(small, environment, "--port", str(port)) as (_, url, _said):
            assert httpx.URL(url).port != port


def test_a_kernel_in_it_finds_the_course(small, environment, tmp_path):
    """Where the workspace is elsewhere, a kernel that JupyterLab starts still finds the course."""
    away = environment | {"CHANNELS_LAB_WORKSPACE": str(tmp_path / "elsewhere")}
    with opened(small, away, "--port", str(free_port())) as (process, _, _said):
        import psutil

        found = psutil.Process(process.pid)
        assert found.environ()["CHANNELS_LAB_ROOT"] == str(small.root)
        assert f"--ServerApp.root_dir={tmp_path / 'elsewhere'}" in found.cmdline()
