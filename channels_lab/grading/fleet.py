"""The fleet: what a trial has of the answer's processes, to start more of them, and to end them."""

from collections.abc import Awaitable
from typing import Any

from channels_lab.errors import LabError
from channels_lab.grading.box import Box
from channels_lab.grading.inside import put
from channels_lab.grading.unmet import Unmet

__all__ = ["Fleet"]


class Fleet:
    """Servers, workers, Valkey and commands; a part of `Trial`."""

    def __init__(self, box: Box, *more: Any) -> None:
        super().__init__(box, *more)  # type: ignore[call-arg]
        self.box = box
        self._before = len(box.processes)
        self._is_changed = False

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
        await put(self.box.tree, self.box.starter, self.box.redis_url, channel, message)

    async def manage(self, *words: str, timeout: float = 15, env: dict[str, str] | None = None) -> str:
        """Run a `manage.py` command on the answer; returns what it printed. Raises Unmet where it fails."""
        return await self.box.manage(*words, timeout=timeout, env=env)

    async def end_processes(self) -> None:
        """End what the behaviour has started, and a main server that was started otherwise than usual."""
        for process in self.box.processes[self._before :]:
            if process.name != "main" or self._is_changed:
                await self.box.end(process)
