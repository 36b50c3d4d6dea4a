"""The fleet: what a trial has of the answer's processes, to start more of them, and to end them."""

import asyncio
import signal
import time
from collections.abc import Awaitable
from typing import Any

from redis.exceptions import RedisError

from channels_lab.errors import LabError
from channels_lab.grading.box import Box
from channels_lab.grading.inside import groups, put, take
from channels_lab.grading.unmet import Unmet
from channels_lab.running.targets import LAYER

__all__ = ["Fleet"]

_LOOK_AGAIN = 0.02  # seconds: Valkey tells nobody who leaves


class Fleet:
    """Servers, workers, Valkey and commands; a part of `Trial`."""

    def __init__(self, box: Box, *more: Any) -> None:
        super().__init__(box, *more)  # type: ignore[call-arg]
        self.box = box
        self._before = len(box.processes)
        self._is_changed = False
        self._valkey = ""

    async def daphne(self, name: str, *options: str, env: dict[str, str] | None = None) -> None:
        """Start one more Daphne on the answer; `connect(…, server=name)` goes to it. One of this name is replaced."""
        await self._start(self.box.daphne(name, options, env))

    async def runserver(self, name: str = "runserver", env: dict[str, str] | None = None) -> None:
        """Start `manage.py runserver` on the answer, Django's own or Daphne's; `server=name` goes to it."""
        await self._start(self.box.runserver(name, env))

    async def worker(self, *channels: str, name: str = "worker", env: dict[str, str] | None = None) -> None:
        """Start a worker for these channels: `manage.py runworker CHANNEL…`. One of this name is replaced."""
        await self._start(self.box.worker(channels, name, env))

    async def _start(self, starting: Awaitable[None]) -> None:
        try:
            await starting
        except LabError as error:
            raise Unmet(error.message, error.fix, error.details) from error

    async def restart(self, name: str = "main", env: dict[str, str] | None = None) -> None:
        """Stop a server as a new version's start does, and start it again where it was."""
        self._is_changed = self._is_changed or bool(env)
        await self._start(self.box.daphne(name, (), env))

    def alive(self, name: str = "main") -> bool:
        """Whether a server or a worker runs."""
        process = self.box.process(name)
        return process is not None and process.alive

    async def stop(self, name: str = "main") -> None:
        """Stop a server or a worker in an orderly way."""
        await self.box.stop(name)

    async def kill(self, name: str = "main") -> None:
        """End a server or a worker at once, as a crash does."""
        await self.box.kill(name)

    async def stop_redis(self) -> None:
        """End the task's Valkey as a crash does; its address stays."""
        await self.box.stop_redis()

    async def start_redis(self) -> None:
        """Start the task's Valkey again, empty, at the same address."""
        await self.box.redis()

    async def put(self, channel: str, message: dict[str, Any]) -> None:
        """Put a message into a channel, as any program can that reaches the task's Valkey."""
        await put(self.box.starter, self.box.redis_url, channel, message)

    async def take(self, channel: str) -> list[Any]:
        """Take what lies in a channel of the task's Valkey; raises Unmet where it cannot be read."""
        try:
            return await take(self.box.starter, self.box.redis_url, channel)
        except (LabError, RedisError, OSError, ValueError) as error:
            raise Unmet(f"What lies in `{channel}` should be readable; it is not: {error}.") from None

    async def daphne_in_valkey(self, name: str) -> None:
        """Start one more Daphne on the answer, whose channel layer is a Valkey: `members` sees who is in its groups."""
        usual = self.box.redis_url
        await self.box.redis()
        self._valkey, self.box.redis_url = self.box.redis_url, usual
        await self._start(self.box.daphne(name, (), {LAYER: self._valkey}))

    async def members(self) -> list[str]:
        """The channels that are in groups there. What the record says is written by the answer's own process."""
        try:
            found = await groups(self.box.starter, self._valkey)
        except (LabError, RedisError, OSError) as error:
            raise Unmet(f"The groups in Valkey should be readable; they are not: {error}.") from None
        return [channel for channels in found.values() for channel in channels]

    async def expect_no_members(self, sentence: str, timeout: float = 2) -> None:
        """All have left their groups there; raises Unmet with the sentence after `timeout` seconds."""
        deadline = time.monotonic() + timeout
        while await self.members():
            if time.monotonic() > deadline:
                raise Unmet(f"{sentence.rstrip('.')}; for {timeout:g} s it did not happen.")
            await asyncio.sleep(_LOOK_AGAIN)

    def pause(self, name: str, *, goes_on: bool = False) -> None:
        """Let a server stand still, until it `goes_on`."""
        process = self.box.process(name)
        assert process
        self.box.starter.signal(process.pid, signal.SIGCONT if goes_on else signal.SIGSTOP)

    async def manage(self, *words: str, timeout: float = 15, env: dict[str, str] | None = None) -> str:
        """Run a `manage.py` command on the answer; returns what it printed. Raises Unmet where it fails."""
        return await self.box.manage(*words, timeout=timeout, env=env)

    async def end_processes(self) -> None:
        """End what the behaviour has started, and a main server that was started otherwise than usual."""
        for process in self.box.processes[self._before :]:
            if process.name != "main" or self._is_changed:
                await self.box.end(process)
