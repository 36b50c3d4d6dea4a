"""A board as `channels-lab classroom` serves it, and kernels and boards that talk to it over the wire."""

import asyncio
import contextlib
import json
import os
import re
import secrets
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from tests.conftest import ROOT
from tests.ports import free_port

__all__ = ["Kernel", "Room", "Screen"]

_START_SECONDS = 40
DEADLINE = 10


class Room:
    """The command, running on a folder of its own; `stop` and `start` are what a leader's restart is."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.said: list[str] = []
        self.port = free_port()
        self.below = ""  # the path before its own
        self._process: subprocess.Popen[str] | None = None

    def start(self, *words: str, **env: str) -> "Room":
        """Run the command, and wait until it answers."""
        environment = os.environ | {"CHANNELS_LAB_WORKSPACE": str(self.folder), "CHANNELS_LAB_ROOT": str(ROOT)} | env
        self._process = subprocess.Popen(
            [sys.executable, "-m", "channels_lab.cli", "classroom", "--port", str(self.port), *words],
            env=environment,
            cwd=ROOT,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self._process.stdout
        self.said = []
        for line in self._process.stdout:
            self.said.append(line.rstrip("\n"))
            if line.startswith("Ctrl-C"):
                break
        # It listens before it says so: this waits in the queue until it answers.
        assert self.get("/static/classroom/icon.svg", timeout=_START_SECONDS).status_code == 200
        return self

    def stop(self, how: signal.Signals = signal.SIGINT) -> int:
        """End the command; returns its exit code."""
        if self._process is None:
            return 0
        self._process.send_signal(how)
        rest, _ = self._process.communicate(timeout=30)
        self.said += rest.splitlines()
        code, self._process = self._process.returncode, None
        return code

    @property
    def pid(self) -> int:
        assert self._process
        return self._process.pid

    @property
    def code(self) -> str:
        return re.search(r"\?code=(\w+)", "\n".join(self.said))[1]

    @property
    def key(self) -> str:
        return re.search(r"\?key=(\S+)", "\n".join(self.said))[1]

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def get(self, path: str, *, timeout: float = DEADLINE, **options: Any) -> httpx.Response:
        """GET a page."""
        with httpx.Client(base_url=self.url, trust_env=False, timeout=timeout) as http:
            return http.get(path, **options)

    def cookie(self, path: str) -> str:
        """The cookie that an address with code or key gives."""
        return self.get(path).headers["set-cookie"].partition(";")[0]

    @asynccontextmanager
    async def kernel(self, name: str = "Ada", *, stay: bool = False, **more: str) -> AsyncIterator["Kernel"]:
        """A kernel that has joined, or been refused: `answer` is what it was told first.

        It leaves the room at the end, unless it is to `stay` on the board or has been cut off.
        """
        async with connect(
            f"ws://127.0.0.1:{self.port}{self.below}/ws/learner/", subprotocols=["classroom"], proxy=None
        ) as ws:
            kernel = Kernel(ws)
            join = {"join": self.code, "name": name, "secret": secrets.token_urlsafe(20), "sender": "one-kernel"}
            await kernel.send(join | more)
            kernel.answer = await kernel.receive()
            yield kernel
            if "joined" in kernel.answer and not stay and ws.close_code is None:
                with contextlib.suppress(ConnectionClosed):
                    await kernel.send({"leave": True})
                    await kernel.closed()

    @asynccontextmanager
    async def screen(self, *, leader: bool = False, have: int = 0, epoch: str = "") -> AsyncIterator["Screen"]:
        """A board's socket, as its page holds it."""
        cookie = self.cookie(f"{self.below}/leader?key={self.key}" if leader else f"{self.below}/?code={self.code}")
        address = f"ws://127.0.0.1:{self.port}{self.below}/ws/{'leader' if leader else 'board'}/"
        headers = {"Cookie": cookie}
        async with connect(address, origin=self.url, additional_headers=headers, proxy=None, max_size=None) as ws:
            screen = Screen(ws)
            await screen.start(have, epoch)
            yield screen


class Kernel:
    """One connection that speaks as a kernel does."""

    def __init__(self, socket: ClientConnection) -> None:
        self.socket = socket
        self.answer: dict[str, Any] = {}
        self._ids = 0

    async def send(self, what: object) -> None:
        """Send an object as JSON, or a text or bytes as they are."""
        await self.socket.send(what if isinstance(what, str | bytes) else json.dumps(what))

    async def receive(self) -> dict[str, Any]:
        """The next answer."""
        async with asyncio.timeout(DEADLINE):
            return json.loads(await self.socket.recv())

    async def wait_for(self, key: str) -> dict[str, Any]:
        """The next answer that has this key."""
        while key not in (answer := await self.receive()):
            pass
        return answer

    async def report(self, *what: dict[str, Any], ago: float = 0) -> dict[str, Any]:
        """Report what happened; returns the answer."""
        reports = []
        for one in what:
            self._ids += 1
            reports.append({"id": self._ids, "ago": ago} | one)
        await self.send({"reports": reports})
        return await self.receive()

    async def closed(self) -> int:
        """Wait until the board hangs up; returns the code."""
        async with asyncio.timeout(DEADLINE):
            await self.socket.wait_closed()
        assert self.socket.close_code is not None
        return self.socket.close_code


class Screen(Kernel):
    """A board: it puts together what it is told, as the page does."""

    def __init__(self, socket: ClientConnection) -> None:
        super().__init__(socket)
        self.people: dict[int, dict[str, Any]] = {}
        self.told: dict[str, Any] = {}
        self.frames = 0

    async def start(self, have: int, epoch: str) -> None:
        """Say how far it is, and take the first answer."""
        await self.send({"have": have, "epoch": epoch})
        await self.next()

    async def receive(self) -> dict[str, Any]:
        """The next answer; what it tells of the room is taken, and said to be."""
        answer = await super().receive()
        if "revision" in answer:
            await self._take(answer)
        return answer

    async def next(self) -> dict[str, Any]:
        """Take what is told next."""
        return await self.wait_for("revision")

    async def _take(self, told: dict[str, Any]) -> None:
        self.told = told
        self.frames += 1
        if self.told["whole"]:
            self.people.clear()
        for person in self.told["people"]:
            self.people.pop(person["seat"], None)
            if not person.get("gone"):
                self.people[person["seat"]] = person
        await self.send({"have": self.told["revision"], "epoch": self.told["epoch"]})

    async def until(self, condition: Callable[["Screen"], object]) -> "Screen":
        """Take what is told until something is so."""
        while not condition(self):
            await self.next()
        return self

    def named(self, name: str) -> dict[str, Any]:
        """The row of somebody; {} where there is none."""
        return next((person for person in self.people.values() if person["name"] == name), {})
