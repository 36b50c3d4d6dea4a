"""One started process: its readiness, its log, its end."""

import asyncio
import contextlib
import os
import signal
import time
import weakref
from collections.abc import Callable
from pathlib import Path
from typing import Any

from channels_lab.errors import LabError
from channels_lab.record.events import Event
from channels_lab.record.reading import Record
from channels_lab.running.failure import failure_details
from channels_lab.running.log import Log, fresh_place
from channels_lab.running.request import STOP_SECONDS, Request
from channels_lab.running.starter import Starter
from channels_lab.running.status import Status
from channels_lab.running.warmstart import warm_start

__all__ = ["Process", "ProcessEnded"]


class ProcessEnded(LabError):
    """A process ended that should be running; `details` holds the learner's own lines and the log's tail.

    `process` is that process.
    """

    process: "Process"


class Process:
    """A process that leaves with its kernel, started warm.

    `command` is what a person would type for it; `printed` is its log; `record` is what the recorder inside it writes,
    to `record_file`. `ready_after` is the time in seconds from the start to readiness; `events` holds its start,
    readiness and end.
    """

    def __init__(
        self,
        name: str,
        command: str,
        target: str,
        args: list[str],
        *,
        cwd: Path,
        env: dict[str, str] | None = None,
        listen: int | None = None,
        record: bool = False,
        cold: bool = False,
        keeper: Starter | None = None,
    ) -> None:
        self.name = name
        self.command = command
        self.cwd = cwd
        self.pid = 0
        self.exit_code: int | None = None
        self.ready_after: float | None = None
        self.events: list[Event] = []
        self._failure = ""
        self._asked_to_end = False
        self._should_serve = False
        self.keeper: Starter = keeper or warm_start()
        self.printed = Log(fresh_place(self.keeper.folder, name, "log"))
        self.record_file = fresh_place(self.keeper.folder, name, "record") if record else None
        self.record = Record(self.record_file, name) if self.record_file else None
        self.started = time.time()
        self._started_at = self._note("start", command=command)
        request = Request(target, args, dict(os.environ) | (env or {}), str(cwd), cold=cold)
        self._send(request, listen)

    def _send(self, request: Request, listen: int | None) -> None:
        told, status = os.pipe()
        guard, self._guard = os.pipe()
        self._status = Status(told)
        _held.add(self)
        flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND
        sent = {"status": status, "guard": guard}
        try:
            sent["log"] = os.open(self.printed.path, flags, 0o600)
            if self.record_file:
                sent["record"] = os.open(self.record_file, os.O_RDWR | os.O_CREAT, 0o600)
            request.descriptors = sent | ({} if listen is None else {"listen": listen})
            self.keeper.start(request, list(request.descriptors.values()))
        except OSError as error:
            raise LabError(
                f"{self.name} could not start: its log cannot be written: {error.strerror}.",
                "Free some space, or name another folder in the variable TMPDIR and restart the kernel.",
            ) from None
        finally:
            for descriptor in sent.values():
                os.close(descriptor)

    def __repr__(self) -> str:
        state = (f"pid {self.pid}" if self.pid else "starting") if self.alive else f"ended with status {self.exit_code}"
        return f"<{self.name}: {self.command} ({state})>"

    @property
    def alive(self) -> bool:
        """Whether it is still running, as far as has been heard by now."""
        self._hear()
        return self.exit_code is None

    @property
    def log(self) -> str:
        """Everything that it has printed."""
        return self.printed.text()

    async def ready(self, timeout: float = 10) -> "Process":
        """Wait until it would answer; raises ProcessEnded when it ends first, LabError after `timeout` seconds."""
        self._should_serve = True
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(timeout):
                # Its number is told by the keeper, which may be slower than the process itself.
                while self.alive and (self.ready_after is None or not self.pid):
                    await self._status.news()
        if self.ready_after is None and self.alive:
            await self.stop()
            raise LabError(
                f"{self.name} was not ready after {timeout:g} s, and was stopped.",
                "Look for a loop, a long sleep or a question to the network where your modules are imported.",
                failure_details(self.log, self.cwd),
            )
        if self.ready_after is None:
            self.check()
        return self

    async def end(self, timeout: float = 60) -> int:
        """Wait until it ends by itself; returns its exit status. Raises LabError after `timeout` seconds."""
        if not await self.wait_ended(timeout):
            await self.stop()
            raise LabError(f"{self.name} did not end within {timeout:g} s, and was stopped.", "", self.log[-2000:])
        assert self.exit_code is not None
        return self.exit_code

    async def wait_ended(self, timeout: float) -> bool:
        """Wait until it has ended, at most `timeout` seconds; returns whether it has."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(timeout):
                while self.alive:
                    await self._status.news()
        return not self.alive

    def check(self, details: Callable[[str, Path], str] = failure_details) -> None:
        """Raise ProcessEnded when it has ended without being asked to, with the details of its log."""
        if self.alive:
            return
        early = " before it was ready" if self._should_serve and self.ready_after is None else ""
        lost = "could not start" if self.ready_after is None else "was stopped"
        ended = ProcessEnded(
            f"{self.name} {lost}: {self._failure}." if self._failure else f"{self.name} {_how(self.exit_code)}{early}.",
            "Mend what the lines below point at, and run the cell that starts it again.",
            details(self.log, self.cwd),
        )
        ended.process = self
        raise ended

    async def stop(self, timeout: float = STOP_SECONDS) -> None:
        """Ask it to end (SIGTERM), insist after `timeout` seconds (SIGKILL), and wait until it is gone."""
        self._asked_to_end = self._asked_to_end or self.alive
        for number in (signal.SIGTERM, signal.SIGKILL):
            # A process that was never heard of yet has its number in the pipe, or ends by its guard.
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(timeout):
                    while self.alive and not self.pid:
                        await self._status.news()
                    if self.alive:
                        self.keeper.signal(self.pid, number)
                    while self.alive:
                        await self._status.news()
            if not self.alive:
                break
        self._close_guard()

    # What the keeper and the process itself tell

    def _hear(self) -> None:
        """Take in what has been told so far: lines `pid N`, `ready`, `failed WHY`, `exit N SECONDS-OF-THE-CLOCK`."""
        for line in self._status.lines():
            with contextlib.suppress(ValueError):  # no line of ours
                self._take(*line.partition(" ")[::2])
        if self._status.closed and self.exit_code is None:
            self._failure = self._failure or "its keeper is gone"
            self._ended(-signal.SIGKILL)
            self._close_guard()  # it may live on, and nobody else can end it

    def _take(self, word: str, rest: str) -> None:
        if word == "pid":
            self.pid = int(rest)
        elif word == "ready":
            self.ready_after = self._note("ready") - self._started_at
        elif word == "failed":
            self._failure = rest
            self._ended(1)
        elif word == "exit":
            code, _, when = rest.partition(" ")
            self._ended(int(code), float(when))
            self._status.close()
            self._close_guard()

    def _ended(self, code: int, when: float | None = None) -> None:
        self.exit_code = code
        self._note("end", when, code=code, asked=self._asked_to_end)

    def _note(self, kind: str, when: float | None = None, **details: Any) -> float:
        """Note one of the process's events, now or at `when`; returns the time."""
        self.events.append(Event(when or time.monotonic(), "process", kind, name=self.name, details=details))
        return self.events[-1].t

    def _close_guard(self) -> None:
        if self._guard >= 0:
            os.close(self._guard)
            self._guard = -1

    def __del__(self) -> None:
        if hasattr(self, "_guard"):
            self._status.close()
            self._close_guard()


# A process that the learner forks must not hold our pipes open after the kernel.
_held: weakref.WeakSet[Process] = weakref.WeakSet()


def _let_go() -> None:
    for process in list(_held):
        process.__del__()


os.register_at_fork(after_in_child=_let_go)


def _how(exit_code: int | None) -> str:
    if exit_code is not None and exit_code < 0:
        return f"was ended by signal {signal.Signals(-exit_code).name}"
    return f"ended with status {exit_code}"
