"""The box: where an answer runs. Every process of an answer is started here, on its fresh tree, and nowhere else."""

import asyncio
import contextlib
import itertools
import shutil
import signal
import socket
import tempfile
import time
from collections.abc import AsyncIterator
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from channels_lab.errors import LabError
from channels_lab.explain.evidence import Evidence
from channels_lab.explain.gather import gather, happened
from channels_lab.explain.source import Source
from channels_lab.grading.tree import Checkpoint
from channels_lab.grading.unmet import Unmet
from channels_lab.record.events import Event
from channels_lab.running import servers
from channels_lab.running.failure import failure_details
from channels_lab.running.listener import Listener
from channels_lab.running.process import Process
from channels_lab.running.servers import Redis
from channels_lab.running.starter import Confined, Starter

if TYPE_CHECKING:
    from channels_lab.grading.tests_trial import TestRun

__all__ = ["Box"]

_READY_SECONDS = 8
_GONE_SECONDS = 2
_LOOK_AGAIN = 0.005
_LASTING = ("begin", "backend", "start", "ready", "open", "scope", "connect")
_numbers = itertools.count(1)  # several boxes may be open in one process


class Box:
    """A fresh tree of a checkpoint with an answer in it, and the processes that run it.

    `starting` is how many seconds starts of processes have taken so far; `tests` are the runs of a task of that kind.
    """

    def __init__(self, checkpoint: Checkpoint, files: dict[str, str], starter: Starter) -> None:
        self.checkpoint = checkpoint
        self.files = files
        self.starting = 0.0
        self.processes: list[Process] = []
        self.ports: dict[str, int] = {}
        self.tests: dict[str, TestRun] = {}
        self.starter = starter
        self.redis_url = ""
        self._redis: Redis | None = None
        self._commands: list[Process] = []
        self._trees = Path(tempfile.mkdtemp(prefix="box-", dir=starter.folder))
        try:
            self.tree = self.new_tree(files)
        except BaseException:
            shutil.rmtree(self._trees, ignore_errors=True)
            raise

    def new_tree(self, files: dict[str, str]) -> Path:
        """Another fresh tree of the checkpoint, with these files in it; its name tells nothing."""
        place = Path(tempfile.mkdtemp(dir=self._trees))
        self.checkpoint.copy(place, files)
        return place

    # Starting

    async def daphne(
        self, name: str = "main", options: tuple[str, ...] = (), env: dict[str, str] | None = None
    ) -> None:
        """Start Daphne, where one of this name listened if there was one; raises LabError when it cannot start."""
        async with self._listening(name) as listener:
            await self._started(
                servers.daphne(self.tree, listener=listener, name=name, options=options, keeper=self._confined(env))
            )

    async def runserver(self, name: str = "runserver", env: dict[str, str] | None = None) -> None:
        """Start `manage.py runserver` in the same way; raises LabError when it cannot start."""
        async with self._listening(name) as listener:
            await self._started(servers.runserver(self.tree, listener=listener, name=name, keeper=self._confined(env)))

    async def streams(self, function: str, name: str = "main") -> None:
        """Let a function of asyncio's streams ("byhand:serve") serve connections; raises LabError when it cannot."""
        async with self._listening(name) as listener:
            await self._started(
                servers.streams(self.tree, function, listener=listener, name=name, keeper=self._confined(None))
            )

    @contextlib.asynccontextmanager
    async def _listening(self, name: str) -> AsyncIterator[Listener]:
        """Listen where the process of this name did; that one is stopped."""
        await self.stop(name)
        listener = Listener.open(self.ports.get(name, 0))
        self.ports[name] = listener.port
        try:
            yield listener
        finally:
            listener.socket.close()

    async def worker(self, channels: tuple[str, ...], name: str = "worker", env: dict[str, str] | None = None) -> None:
        """Start `manage.py runworker CHANNEL…`; raises LabError when it cannot start."""
        await self.stop(name)
        await self._started(servers.worker(self.tree, channels, name=name, keeper=self._confined(env)))

    async def redis(self) -> None:
        """Start this box's own Valkey or Redis, empty, unless it runs; servers started later find it in REDIS_URL."""
        if self._redis is None or (self._redis.process and not self._redis.process.alive):
            began = time.monotonic()
            # The socket is named after the process: by the first number, so that its address stays.
            name = self._redis.process.name if self._redis and self._redis.process else f"redis-{next(_numbers)}"
            self._redis = await servers.redis(name=name, own=True, keeper=self.starter)
            self.redis_url = self._redis.url
            self.starting += time.monotonic() - began

    async def stop_redis(self) -> None:
        """End Valkey as a crash would; its address stays."""
        if self._redis and self._redis.process:
            await self.end(self._redis.process)
            # It is the process's child: killed with it, and gone a moment later.
            deadline = time.monotonic() + _GONE_SECONDS
            while self._redis.socket and _listens(self._redis.socket) and time.monotonic() < deadline:  # noqa: ASYNC110
                await asyncio.sleep(_LOOK_AGAIN)

    async def manage(self, *words: str, timeout: float = 15, env: dict[str, str] | None = None) -> str:
        """Run `manage.py WORD…` to its end; returns what it printed. Raises Unmet where it fails."""
        process = self.command(self.tree, *words, env=env)
        try:
            code = await process.end(timeout)
        except LabError as error:
            raise Unmet(error.message.removesuffix(", and was stopped.") + ".", details=error.details) from None
        if code:
            details = failure_details(process.log, process.cwd)
            raise Unmet(f"`{process.command}` ended with status {code}.", details=details)
        return process.log

    def command(self, tree: Path, *words: str, env: dict[str, str] | None = None) -> Process:
        """Start `manage.py WORD…` in a tree of the box."""
        process = servers.manage(tree, *words, name=f"manage.py {words[0]}", keeper=self._confined(env))
        self._commands.append(process)
        return process

    def script(self, path: str, *words: str, name: str) -> Process:
        """Start a Python script of the answer with these arguments."""
        process = Process(
            name,
            " ".join(["python", path, *words]),
            "channels_lab.running.targets:script",
            [path, *words],
            cwd=self.tree,
            keeper=self._confined(None),
        )
        self._commands.append(process)
        return process

    async def _started(self, process: Process) -> None:
        began = time.monotonic()
        self.processes.append(process)
        try:
            await process.ready(_READY_SECONDS)
        finally:
            self.starting += time.monotonic() - began

    def _confined(self, env: dict[str, str] | None) -> Confined:
        url = {"REDIS_URL": self.redis_url} if self.redis_url else {}
        return Confined(self.starter, self.checkpoint.env | url | (env or {}))

    # Ending

    def process(self, name: str) -> Process | None:
        """The newest process of this name."""
        return next((process for process in reversed(self.processes) if process.name == name), None)

    def was_ended(self, name: str) -> bool:
        """Whether the newest process of this name has ended because we wanted it to."""
        process = self.process(name)
        return process is not None and not process.alive and bool(process.events[-1].details.get("asked"))

    async def stop(self, name: str, timeout: float = _GONE_SECONDS) -> None:
        """Ask the process of this name to end, as a restart does; it is made to after `timeout` seconds."""
        if process := self.process(name):
            await process.stop(timeout)

    async def kill(self, name: str) -> None:
        """End the process of this name at once, as `kill -9` or a crash does."""
        if process := self.process(name):
            await self.end(process)

    async def end(self, process: Process) -> None:
        """End a process at once."""
        if process.alive:
            process._asked_to_end = True  # no crash
            if process.pid:
                process.keeper.signal(process.pid, signal.SIGKILL)
            await process.stop(_GONE_SECONDS)

    async def close(self) -> None:
        """End everything at once, and remove the trees."""
        await asyncio.gather(*map(self.end, self._started_here()))
        if self._redis and self._redis.socket:
            self._redis.socket.unlink(missing_ok=True)
        for process in [*self.processes, *self._commands]:
            for path in filter(None, (process.printed.path, process.record_file)):
                path.unlink(missing_ok=True)  # a checker lives long
        await asyncio.to_thread(shutil.rmtree, self._trees, ignore_errors=True)

    # What happened

    @property
    def printed(self) -> dict[Path, int]:
        """How many bytes each process has printed so far, by its log's path."""
        return {process.printed.path: process.printed.size for process in [*self.processes, *self._commands]}

    def evidence(
        self,
        clients: list[Event],
        error: BaseException | None = None,
        since: float = 0,
        printed: dict[Path, int] | None = None,
    ) -> Evidence:
        """What has happened since a time and beyond what was `printed` then, by processes, clients and the tree."""
        here, source = self._started_here(), self._source
        evidence = gather(here, clients, self.tree, error, since=since, printed=printed, source=source)
        evidence.events = self.events(clients, since)
        return evidence

    def events(self, clients: list[Event], since: float = 0) -> list[Event]:
        """The events of that evidence alone, which is quicker."""
        # A worker's only connection lasts: of what was before, it is told how it was opened.
        events = happened(self._started_here(), clients, since)
        return [event for event in events if event.t >= since or event.kind in _LASTING]

    def _started_here(self) -> list[Process]:
        redis = [self._redis.process] if self._redis and self._redis.process else []
        return [*self.processes, *self._commands, *redis]

    @cached_property
    def _source(self) -> Source:
        return Source.of(self.tree)


def _listens(path: Path) -> bool:
    """Whether somebody listens on a Unix socket."""
    with socket.socket(socket.AF_UNIX) as caller:
        return caller.connect_ex(str(path)) == 0
