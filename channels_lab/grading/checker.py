"""The checker as a kernel or a terminal holds it: a process beside it that judges answers, and lives long."""

import atexit
import contextlib
import itertools
import json
import os
import select
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from typing import IO, TYPE_CHECKING, Any

from channels_lab.course.course import Course
from channels_lab.errors import LabError
from channels_lab.grading.verdict import Outcome, Verdict
from channels_lab.running.request import STOP_SECONDS

# A kernel imports this with its first cell, and a task brings all that explains.
if TYPE_CHECKING:
    from channels_lab.course.answer import Answer
    from channels_lab.grading.task import Task

__all__ = ["Checker", "checker"]

_TICK = 0.2
_MOST_LOG = 2000
_AGAIN = "The checker had ended and was started again."

OnStep = Callable[[str, float], None]


class _Ended(Exception):
    """The checker's process has ended; the message is what it printed last."""


class Checker:
    """Judges answers in a process of its own, which is started when it is first needed, or by `start`.

    It leaves with this process. No code of the learner runs in either: servers are started by its own keeper.
    """

    def __init__(self, course: Course | None = None) -> None:
        self._course = course
        self._process: subprocess.Popen[bytes] | None = None
        self._socket: socket.socket | None = None
        self._printed: IO[bytes] | None = None
        self._buffer = b""
        self._numbers = itertools.count(1)
        self._lock = threading.Lock()
        os.register_at_fork(after_in_child=self._let_go)
        atexit.register(self.close)

    def start(self) -> None:
        """Start the process, unless it is there; it warms up in the background. Raises LabError where it cannot."""
        if self._process and self._process.poll() is None:
            return
        self._let_go()
        ours, theirs = socket.socketpair()
        command = [sys.executable, "-P", "-m", "channels_lab.grading.serving", str(theirs.fileno())]
        try:
            printed = tempfile.TemporaryFile()  # noqa: SIM115 - as long as the process
            with theirs:
                self._process = subprocess.Popen(
                    command,
                    pass_fds=[theirs.fileno()],
                    stdin=subprocess.DEVNULL,
                    stdout=printed,
                    stderr=printed,
                    start_new_session=True,
                )
        except OSError as error:
            ours.close()
            raise LabError(f"The checker cannot be started: {error.strerror}.", "Close some programs.") from None
        self._socket, self._printed, self._buffer = ours, printed, b""

    def prepare(self, chapter: str) -> None:
        """Start it, and let it prepare a chapter's checkpoint meanwhile; nothing is awaited."""
        with contextlib.suppress(_Ended), self._lock:
            self.start()
            self._send(next(self._numbers), prepare=chapter)

    def check(self, answer: "Answer", *, timeout: float = 60, on_step: OnStep | None = None) -> Verdict:
        """Judge an answer; blocks, at most `timeout` seconds, and may be interrupted.

        `on_step` is called with what is done now and for how many seconds it all takes so far, several times a second.
        Raises LabError for an unknown task; whatever else goes wrong is a verdict "could not check".
        """
        from channels_lab.grading.task import find_task

        task = find_task(answer.number)
        if not answer.attempted:
            return _without(task, Outcome.NOT_ATTEMPTED, "The task's cells are as they were given.", answer.notes)
        began = time.monotonic()
        notes = answer.notes
        with self._lock:
            for _ in range(2):
                try:
                    self.start()
                    verdict = self._ask(answer, began, timeout, on_step or (lambda sentence, seconds: None))
                except _Ended as ended:
                    notes, said = (*answer.notes, _AGAIN), str(ended)
                    continue
                except LabError as error:
                    return _without(task, Outcome.NOT_CHECKED, str(error), notes)
                except BaseException:
                    # Interrupted: what it does now must not answer the next question.
                    self._kill()
                    self.start()
                    raise
                return _with_notes(verdict, notes)
        reason = f"The checker ended twice. {said}".strip()
        return _without(task, Outcome.NOT_CHECKED, reason, notes)

    def close(self) -> None:
        """End the process."""
        process, self._process = self._process, None
        self._let_go()
        if process:
            try:
                process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()

    @property
    def pid(self) -> int:
        """The number of its process; 0 where it is not started."""
        return self._process.pid if self._process else 0

    # Details

    def _ask(self, answer: "Answer", began: float, timeout: float, on_step: OnStep) -> Verdict:
        number = next(self._numbers)
        self._send(number, number=answer.number, files=answer.files)
        sentence = "Starting the checker"
        while True:
            seconds = time.monotonic() - began
            if seconds > timeout:
                self._kill()
                raise LabError(
                    f"No verdict came within {timeout:g} s, and the checker was stopped.", "Run the check again."
                )
            on_step(sentence, seconds)
            told = self._next(min(_TICK, max(timeout - seconds, 0.01)))
            if told.get("id") != number:
                continue
            sentence = told.get("step", sentence)
            if "verdict" in told:
                return Verdict.from_json(told["verdict"])
            if "error" in told:
                raise LabError(told["error"], told["fix"])

    def _send(self, identity: int, **request: Any) -> None:
        course = self._course or Course.find()
        place = course.workspace_folder / ".lab" / "checkpoints"
        line = json.dumps({"id": identity, "root": str(course.root), "checkpoints": str(place), **request}) + "\n"
        assert self._socket
        try:
            self._socket.settimeout(STOP_SECONDS)
            self._socket.sendall(line.encode("utf-8", "replace"))
        except OSError:
            raise self._ended() from None

    def _next(self, timeout: float) -> dict[str, Any]:
        """The next line from the process; {} when none comes in time. Raises _Ended at its end."""
        assert self._socket
        if b"\n" not in self._buffer:
            if not select.select([self._socket], [], [], timeout)[0]:
                return {}
            try:
                chunk = self._socket.recv(2**16)
            except OSError:
                chunk = b""
            if not chunk:
                raise self._ended()
            self._buffer += chunk
        line, newline, rest = self._buffer.partition(b"\n")
        if not newline:
            return {}
        self._buffer = rest
        told: dict[str, Any] = json.loads(line)
        return told

    def _ended(self) -> _Ended:
        self._kill()
        if not self._printed:
            return _Ended()
        self._printed.seek(0)
        return _Ended(self._printed.read()[-_MOST_LOG:].decode("utf-8", "replace").strip())

    def _kill(self) -> None:
        if self._process:
            self._process.kill()
            self._process.wait()

    def _let_go(self) -> None:
        # In a process that the learner forks, too: it must not keep the checker alive after the kernel.
        if self._socket:
            self._socket.close()
            self._socket = None
        if self._printed:
            self._printed.close()
            self._printed = None


def _without(task: "Task", outcome: Outcome, reason: str, notes: tuple[str, ...]) -> Verdict:
    return Verdict(task.number, outcome, task.unjudged(), reason, notes=notes)


def _with_notes(verdict: Verdict, notes: tuple[str, ...]) -> Verdict:
    return replace(verdict, notes=(*notes, *verdict.notes)) if notes else verdict


_current: Checker | None = None


def checker() -> Checker:
    """This process's checker."""
    global _current
    if _current is None:
        _current = Checker()
    return _current


def _forget() -> None:
    global _current
    _current = None


os.register_at_fork(after_in_child=_forget)
