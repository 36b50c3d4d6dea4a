"""A member of a crew: a worker's process, as the threads that ask it hold it."""

import contextlib
import itertools
import json
import os
import signal
import subprocess
import tempfile
import threading
from collections.abc import Sequence
from concurrent.futures import Future
from typing import Any

from channels_lab.course.answer import Answer
from channels_lab.errors import LabError
from channels_lab.grading.verdict import Verdict
from channels_lab.marking.job import NotJudged
from channels_lab.marking.scratch import Scratch
from channels_lab.sandbox.confinement import ALONE

__all__ = ["Member"]

_END_SECONDS = 10
_MOST_LOG = 2000


class Member:
    """A worker's process, which judges several submissions at once; `busy` is with how many.

    `before` is what bubblewrap is told where it confines the worker. Raises LabError where it cannot be started.
    """

    def __init__(self, command: list[str], before: list[str]) -> None:
        self.busy = 0
        self._printed = tempfile.TemporaryFile()  # noqa: SIM115 - as long as the process
        self._ending, self._writing = threading.Lock(), threading.Lock()
        self._numbers = itertools.count(1)
        self._waiting: dict[int, Future[dict[str, Any]]] = {}
        self._over, self._killed, self._reason = False, False, ""
        # Its own, which goes with it: sandboxes that it has made are not left when it is killed.
        self._scratch = Scratch("grade-")
        if before:
            # In memory: there are fifty files to each answer, and a disk takes long to find each a place.
            command = [*before, "--tmpfs", os.path.realpath(self._scratch.folder), "--", *command]
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
        self._listening = threading.Thread(target=self._listen, name="verdicts", daemon=True)
        self._listening.start()

    @property
    def alive(self) -> bool:
        """Whether it may still give verdicts."""
        return not (self._over or self._killed)

    def judge(self, answers: Sequence[Answer], seconds: float) -> list[Verdict]:
        """Judge a submission's answers; raises NotJudged where it ends, or is ended because it needs longer."""
        assert self._process.stdin
        number, told = next(self._numbers), Future[dict[str, Any]]()
        line = json.dumps({"number": number, "answers": [vars(answer) for answer in answers]})
        with self._writing:
            self._waiting[number] = told
            if self._over:
                self._tell_end(number)
            else:
                with contextlib.suppress(OSError, ValueError):  # whoever listens hears that it has ended
                    self._process.stdin.write(f"{line}\n")
                    self._process.stdin.flush()
        try:
            answer = told.result(seconds)
        except TimeoutError:
            self._kill()
            raise NotJudged(f"Its worker gave no verdict within {seconds:.0f} s, and was ended.") from None
        if "error" in answer:
            raise LabError(answer["error"], answer["fix"])
        return [Verdict.from_json(one) for one in answer["verdicts"]]

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
            self._listening.join()
            assert self._process.stdout
            self._process.stdout.close()
            self._printed.close()
            self._scratch.close()

    def _listen(self) -> None:
        """Give verdicts to whoever waits for them, and when there are no more, say so."""
        assert self._process.stdout
        for line in self._process.stdout:
            if line.endswith("\n"):
                answer = json.loads(line)
                self._waiting.pop(answer["number"]).set_result(answer)
        why = self._why()
        with self._writing:
            self._over, self._reason = True, f"Its worker has ended: {why}."
            for number in list(self._waiting):
                self._tell_end(number)

    def _tell_end(self, number: int) -> None:
        self._waiting.pop(number).set_exception(NotJudged(self._reason))

    def _kill(self) -> None:
        self._killed = True
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
