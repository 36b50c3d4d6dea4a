"""A crew: the worker processes of this machine, started when there is work for one more, and replaced when they die."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Sequence
from pathlib import Path

from channels_lab.course.answer import Answer
from channels_lab.errors import LabError
from channels_lab.grading.verdict import Verdict
from channels_lab.marking.job import NotJudged
from channels_lab.marking.scratch import Scratch
from channels_lab.sandbox.confinement import ALONE, alone

__all__ = ["Crew"]

_END_SECONDS = 10
_MOST_LOG = 2000


class Crew:
    """Judges in worker processes, one for each thread that asks at the same time. `close` ends all of them.

    A pool of the library's would lose all its workers with one, and could not confine them.
    """

    def __init__(self, root: Path, checkpoints: Path, *, trust: bool) -> None:
        words = [sys.executable, "-P", "-m", "channels_lab.marking.worker", str(root), str(checkpoints)]
        self._command = [*words, "trust"] if trust else [*alone(), *words, "confine"]
        self._all: set[_Worker] = set()
        self._idle: list[_Worker] = []
        self._lock = threading.Lock()
        self._over = False

    def begin(self, count: int) -> None:
        """Start so many workers; nothing is awaited. Raises LabError where that is impossible."""
        for _ in range(count):
            worker = _Worker(self._command)
            with self._lock:
                self._all.add(worker)
                self._idle.append(worker)

    def judge(self, answers: Sequence[Answer], seconds: float) -> list[Verdict]:
        """The verdicts on a submission's answers, in order.

        Raises NotJudged when the worker ends or needs longer, LabError when no submission can be judged.
        """
        worker = self._borrow()
        try:
            verdicts = worker.judge(answers, seconds)
        except BaseException:
            self._dismiss(worker)
            raise
        with self._lock:
            if not self._over:
                self._idle.append(worker)
        return verdicts

    def rest(self) -> None:
        """End the workers that have nothing to do."""
        with self._lock:
            workers, self._idle = self._idle, []
        self._end(workers)

    def close(self) -> None:
        """End all workers; whoever waits for one is told that it has ended."""
        with self._lock:
            self._over = True
            workers, self._idle = list(self._all), []
        self._end(workers)

    def _end(self, workers: "list[_Worker]") -> None:
        for worker in workers:
            worker.ask_to_end()
        for worker in workers:
            self._dismiss(worker)

    def _borrow(self) -> "_Worker":
        with self._lock:
            if self._over:
                raise NotJudged("The run is over.")
            if self._idle:
                return self._idle.pop()
            worker = _Worker(self._command)
            self._all.add(worker)
            return worker

    def _dismiss(self, worker: "_Worker") -> None:
        worker.end()
        with self._lock:
            self._all.discard(worker)


class _Worker:
    """A worker's process, as the thread that asks it holds it."""

    def __init__(self, command: list[str]) -> None:
        self._printed = tempfile.TemporaryFile()  # noqa: SIM115 - as long as the process
        self._late = False
        self._ending = threading.Lock()
        # Its own, which goes with it: sandboxes that it has made are not left when it is killed.
        self._scratch = Scratch("grade-")
        try:
            self._process = subprocess.Popen(
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=self._printed,
                text=True,
                env=os.environ | {ALONE: "1", "TMPDIR": str(self._scratch.folder)},
                pass_fds=[self._scratch.held],
                start_new_session=True,
            )
        except OSError as error:
            self._printed.close()
            self._scratch.close()
            raise LabError(f"No worker can be started: {error.strerror}.", "Close some programs.") from None
        self._scratch.let_go()

    def judge(self, answers: Sequence[Answer], seconds: float) -> list[Verdict]:
        """Judge a submission's answers."""
        assert self._process.stdin and self._process.stdout
        late = threading.Timer(seconds, self._give_up)
        late.start()
        try:
            self._process.stdin.write(json.dumps([vars(answer) for answer in answers]) + "\n")
            self._process.stdin.flush()
            line = self._process.stdout.readline()
        except (OSError, ValueError):
            line = ""
        finally:
            late.cancel()
        if not line.endswith("\n"):
            if self._late:
                raise NotJudged(f"Its worker gave no verdict within {seconds:.0f} s, and was ended.")
            raise NotJudged(f"Its worker has ended: {self._why()}.")
        told = json.loads(line)
        if "error" in told:
            raise LabError(told["error"], told["fix"])
        return [Verdict.from_json(one) for one in told["verdicts"]]

    def ask_to_end(self) -> None:
        """Let it end, with what it has begun."""
        assert self._process.stdin
        with contextlib.suppress(OSError):
            self._process.stdin.close()

    def end(self) -> None:
        """End it, and wait until it has."""
        with self._ending:
            self.ask_to_end()
            try:
                self._process.wait(_END_SECONDS)
            except subprocess.TimeoutExpired:
                self._kill()
                self._process.wait()
            assert self._process.stdout
            # Whoever reads there has come to the end by now.
            with contextlib.suppress(OSError):
                self._process.stdout.close()
            self._printed.close()
            self._scratch.close()

    def _give_up(self) -> None:
        self._late = True
        self._kill()

    def _kill(self) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)

    def _why(self) -> str:
        """How it has ended, as a clause."""
        try:
            code = self._process.wait(_END_SECONDS)
        except subprocess.TimeoutExpired:
            return "it closed its output"
        number = -code if code < 0 else code - 128  # bubblewrap tells a signal as a shell does
        if number == signal.SIGKILL:
            return "it was killed (a machine that is short of memory does that)"
        with contextlib.suppress(ValueError):
            return f"by signal {signal.Signals(number).name}"
        self._printed.seek(0, os.SEEK_END)
        self._printed.seek(max(0, self._printed.tell() - _MOST_LOG))
        said = self._printed.read().decode(errors="replace").strip().splitlines()
        return f"with status {code}" + (f", and said: {said[-1][:200]}" if said else "")
