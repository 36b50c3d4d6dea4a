"""A monitor: the commands of a Redis or Valkey server as they happen, those of the channel layer marked."""

import asyncio
import contextlib
import time
import uuid
from collections import Counter
from collections.abc import AsyncIterator, Callable
from types import TracebackType
from typing import Any, Self

from redis.exceptions import RedisError

from channels_lab.picture.monitor.connection import MonitorConnection, fault, reason
from channels_lab.picture.monitor.redis_command import Command, parse_line
from channels_lab.picture.monitor.table import rows, text_lines
from channels_lab.picture.monitor.watched import Interpreter, Watched

__all__ = ["Monitor"]

_MOST_COMMANDS = 500
_MARKER = b"channels-lab-monitor:"


class Monitor:
    """Watches the server at `url` while it is open, by MONITOR (https://valkey.io/commands/monitor/).

        async with Monitor("unix:///tmp/redis.sock") as monitor: …
        print(monitor)

    `commands` are the first 500 that came, in the server's order, and `more` counts those after them. `prefix` is
    the channel layer's. `ended` says why the monitor ended by itself, and is "" when it did not. `on_change` is
    called whenever a command has come. Entering raises LabError when the server cannot be watched within `timeout`
    seconds; leaving waits as long for what was sent before.
    """

    def __init__(
        self, url: str, *, prefix: str = "asgi", timeout: float = 5, on_change: Callable[[], None] | None = None
    ) -> None:
        self.url = url
        self.prefix = prefix
        self.timeout = timeout
        self.commands: list[Watched] = []
        self.more = 0
        self.started = self.stopped = 0.0  # the server's clock, seconds
        self.ended = ""
        self.ended_after = 0.0
        self.open = False
        self._on_change = on_change or (lambda: None)
        self._interpreter = Interpreter(prefix)
        self._markers: dict[bytes, asyncio.Future[float]] = {}
        self._stack = contextlib.AsyncExitStack()

    def __str__(self) -> str:
        return "\n".join([self.headline(), *text_lines(rows(self.commands, self.started)), *self.remarks()])

    __repr__ = __str__

    @property
    def marked(self) -> list[Watched]:
        """The commands of the channel layer."""
        return [command for command in self.commands if command.layer]

    @property
    def calls(self) -> Counter[str]:
        """How many calls of the channel layer were seen, by name, as far as they reached this server."""
        return Counter(command.call for command in self.commands if command.call)

    def headline(self) -> str:
        """How many commands came, and how many calls of the channel layer they were."""
        number = len(self.commands) + self.more
        seconds = self.ended_after if self.ended else self.stopped - self.started
        when = "so far" if self.open and not self.ended else f"in {seconds * 1000:,.0f} ms"
        calls = ", ".join(f"{times} {call}" for call, times in self.calls.most_common())
        marked = f"; {len(self.marked):,} of the channel layer (■)" if self.marked else ""
        lost = sum(command.lost for command in self.commands)
        dropped = f"; {lost} message{'s' * (lost > 1)} dropped (✗)" if lost else ""
        return f"Redis commands {when}: {number:,}{marked}{': ' if calls else ''}{calls}{dropped}."

    def remarks(self) -> list[str]:
        """What a reader of the table should know."""
        said = []
        if self.more:
            said.append(f"… {self.more:,} more commands came: the first {_MOST_COMMANDS} are kept.")
        if self.ended:
            said.append(f"✗ The monitor ended after {self.ended_after * 1000:,.0f} ms: {self.ended}.")
        if not (self.marked or self.open or self.ended):
            said.append(
                "No command of the channel layer came. Is the layer in memory? See CHANNEL_LAYERS in the settings. "
                f"(Marked are keys that begin with {self.prefix!r}: layer_monitor(prefix=…) takes another.)"
            )
        if any(command.client.startswith("unix:") for command in self.commands):
            said.append("Over the server's Unix socket MONITOR does not tell one connection from another.")
        if any(command.name in ("EVAL", "EVALSHA") and "group_send" in command.meaning for command in self.commands):
            said.append("The script of group_send names no group; that it is the one asked just before is inferred.")
        return said

    async def __aenter__(self) -> Self:
        try:
            async with contextlib.AsyncExitStack() as stack, asyncio.timeout(self.timeout):
                self._connection = await stack.enter_async_context(MonitorConnection.open(self.url))
                self._began = time.monotonic()
                self._reading = asyncio.create_task(self._read(self._connection.lines))
                stack.push_async_callback(_cancelled, self._reading)
                self.started = self.stopped = await self._marked()
                self._stack = stack.pop_all()
        except (OSError, RedisError, ValueError) as error:  # TimeoutError is an OSError
            raise fault(self.url, error, self.timeout) from None
        self.open = True
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            async with asyncio.timeout(self.timeout):
                self.stopped = await self._marked()
        except (OSError, RedisError) as end:
            self._end(reason(end, self.timeout))
        finally:
            self.open = False
            await self._stack.aclose()
            self._on_change()

    # Details

    async def _marked(self) -> float:
        """Send a marker on the other connection, and wait until the monitor sees it; returns when (server's clock)."""
        marker = _MARKER + uuid.uuid4().hex.encode()
        seen: asyncio.Future[float] = asyncio.get_running_loop().create_future()
        self._markers[marker] = seen
        if not self._reading.done():
            await self._connection.echo(marker)
            either: list[asyncio.Future[Any]] = [seen, self._reading]
            await asyncio.wait(either, return_when=asyncio.FIRST_COMPLETED)
        if not seen.done():
            self._reading.result()
            raise ConnectionError(self.ended)
        return seen.result()

    async def _read(self, lines: AsyncIterator[bytes]) -> None:
        """Read what MONITOR tells until the connection ends."""
        try:
            async for line in lines:
                if len(self.commands) == _MOST_COMMANDS and _MARKER not in line:
                    self.more += 1
                elif command := parse_line(line):
                    self._see(command)
                self._on_change()
        except OSError as error:
            self._end(reason(error, self.timeout))
        else:
            self._end("the server closed the connection")
        self._on_change()

    def _end(self, why: str) -> None:
        if not self.ended:
            self.ended, self.ended_after = why, time.monotonic() - self._began

    def _see(self, command: Command) -> None:
        marker = command.words[-1]
        if command.name == "ECHO" and marker.startswith(_MARKER):
            self._interpreter.read(command)  # it tells that a script before it is over
            if marker in self._markers:
                self._markers.pop(marker).set_result(command.t)
            return
        self.stopped = command.t
        if len(self.commands) < _MOST_COMMANDS:
            self.commands.append(self._interpreter.read(command))
        else:
            self.more += 1


async def _cancelled(task: asyncio.Task[None]) -> None:
    task.cancel()
    await asyncio.wait([task])
    if not task.cancelled():
        task.exception()
