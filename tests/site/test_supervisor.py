"""The whole site under its supervisor file: Valkey, Daphnes, workers and Nginx, as a person would start them."""

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import httpx
import psutil
import pytest

from channels_lab.running import servers
from channels_lab.running.nginx import nginx_binary
from channels_lab.wire.handshake import connect
from tests.leaks import wait_until_gone

from .test_projects import plain

ALL = {"valkey", "daphne-D0", "daphne-D1", "worker-0", "worker-1", "db-worker", "nginx"}
BIN = Path(sys.executable).parent


def free_ports() -> list[int]:
    """Three ports that were free a moment ago, the first two one after the other."""
    for port in range(20000, 30000, 3):
        with ExitStack() as stack:
            try:
                for one in range(port, port + 3):
                    stack.enter_context(socket.socket()).bind(("127.0.0.1", one))
            except OSError:
                continue
            return [port, port + 1, port + 2]
    raise AssertionError("no free ports")


class Supervised:
    """The supervisor at work on a site; it is read what it says."""

    def __init__(self, site: Path, programs: Path) -> None:
        self.first, _, self.port = free_ports()
        deploy = site / "deploy"
        for file in deploy.glob("*.conf"):
            text = file.read_text().replace("8080", str(self.port))
            file.write_text(text.replace("8001", str(self.first)).replace("8002", str(self.first + 1)))
        if os.geteuid() == 0:  # where nobody may read a test's folders
            file = deploy / "nginx.conf"
            file.write_text(f"user root;\n{file.read_text()}")
        path = os.pathsep.join([str(programs), str(BIN), os.environ["PATH"]])
        self.env = plain() | {"PATH": path, "DJANGO_ALLOWED_HOSTS": "127.0.0.1"}
        self.site = site
        collect = [sys.executable, "manage.py", "collectstatic", "--no-input"]
        env = self.env | {"DJANGO_DEBUG": "off"}
        subprocess.run(collect, cwd=site, env=env, check=True, capture_output=True, timeout=60)
        self.process = subprocess.Popen(
            [BIN / "supervisord", "-c", "deploy/supervisord.conf"],
            cwd=site,
            env=self.env,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self.said: list[str] = []

    def until(self, *what: str) -> None:
        """Read what it says, until each pattern has been found; pytest-timeout bounds it."""
        missing = list(what)
        assert self.process.stdout
        while missing:
            line = self.process.stdout.readline()
            assert line, "".join(self.said)
            self.said.append(line)
            missing = [pattern for pattern in missing if not re.search(pattern, line)]

    def name(self, program: str) -> str:
        """A program's name, with the port in it."""
        return program.replace("D0", str(self.first)).replace("D1", str(self.first + 1))

    def stop(self) -> None:
        """Let it stop everything."""
        self.process.terminate()
        self.process.communicate(timeout=30)


@pytest.fixture
def supervised(needs: Callable[[str], str], migrated: Path, tmp_path: Path) -> Iterator[Supervised]:
    """The site, started; ready as far as the supervisor knows."""
    needs("nginx")
    programs = tmp_path / "bin"
    programs.mkdir()
    (programs / "valkey-server").symlink_to(servers.redis_binary())
    if not shutil.which("nginx"):
        (programs / "nginx").symlink_to(nginx_binary())
    running = Supervised(migrated, programs)
    try:
        running.until(*(f"success: {running.name(program)} entered RUNNING" for program in ALL))
        for port in (running.first, running.first + 1):
            # It runs as far as the supervisor knows, and may be importing yet.
            with httpx.Client(transport=httpx.HTTPTransport(retries=10), trust_env=False) as http:
                http.get(f"http://127.0.0.1:{port}/")
        yield running
    finally:
        running.stop()


async def test_the_supervisor_file_runs_the_site(supervised: Supervised) -> None:
    """All six run; pages, static files and WebSockets come through Nginx by HTTPS' rules; what is killed comes back."""
    secure = {"X-Forwarded-Proto": "https"}
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{supervised.port}", trust_env=False) as http:
        # The settings are those of production: who comes by HTTP is sent to HTTPS, whatever the client claims.
        answer = await http.get("/people/login/", headers=secure)
        assert (answer.status_code, answer.headers["location"][:8]) == (301, "https://")
        styles = await http.get("/static/people/site.css")
        assert (styles.status_code, styles.headers["content-type"]) == (200, "text/css; charset=utf-8")
    async with connect(supervised.port, "/ws/chat/lobby/", name="guest") as guest:
        await guest.send_json({"message": "hi"})
        assert (await guest.receive_json(5))["message"] == "hi"
    family = psutil.Process(supervised.process.pid).children(recursive=True)
    [daphne] = [one for one in family if str(supervised.first) in one.cmdline()]
    daphne.send_signal(signal.SIGKILL)
    name = supervised.name("daphne-D0")
    supervised.until(f"exited: {name} ", f"success: {name} entered RUNNING")
    supervised.stop()
    assert wait_until_gone(family, 5) == []
    assert not (supervised.site / "deploy" / "supervisord.pid").exists()
