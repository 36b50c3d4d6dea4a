"""A run over many submissions: workers on all cores, a result for each as soon as it is known, and no two."""

import asyncio
import contextlib
import json
import os
import queue
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterable
from pathlib import Path

from channels_lab.course.answer import Answer
from channels_lab.course.course import Course
from channels_lab.errors import LabError
from channels_lab.grading.task import find_task
from channels_lab.grading.tree import Checkpoints
from channels_lab.grading.verdict import Outcome, Verdict
from channels_lab.marking.results import Result, Results
from channels_lab.marking.submissions import Submission, Submitted
from channels_lab.marking.worker import without_answer
from channels_lab.sandbox.confinement import ALONE, alone

__all__ = ["Batch"]

_END_SECONDS = 10


class Batch:
    """Judges submissions, unless their result is there already and they are as they were then.

    With `trust` there is no sandbox. `run` raises LabError where no sandbox can be made, or nothing can be written.
    """

    def __init__(self, submitted: Submitted, results: Results, *, trust: bool = False, jobs: int = 0) -> None:
        self.submitted = submitted
        self.results = results
        self.trust = trust
        self.jobs = jobs or os.cpu_count() or 1
        self.waiting = [one for one in submitted.submissions if not self._is_done(one)]
        self._turn: queue.SimpleQueue[Submission] = queue.SimpleQueue()
        self._failed: LabError | None = None
        self._lock = threading.Lock()
        self._over = threading.Event()

    def run(self, on_result: Callable[[Result], None] = lambda result: None) -> None:
        """Judge all that waits; `on_result` is told of each. Interrupted, it ends its workers and keeps the results."""
        course = self.submitted.course
        place = course.workspace_folder / ".lab" / "checkpoints"
        asyncio.run(_prepare(course, place, self._chapters()))
        for one in self.waiting:
            self._turn.put(one)
        workers = [_Worker(course, place, trust=self.trust) for _ in range(min(self.jobs, len(self.waiting)))]
        threads = [threading.Thread(target=self._work, args=(worker, on_result)) for worker in workers]
        try:
            # Not by the threads: what it starts ends with whoever has started it.
            for worker in workers:
                worker.start()
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
        finally:
            self._over.set()
            for worker in workers:
                worker.end()
            for thread in threads:
                if thread.ident:
                    thread.join()
            for worker in workers:
                worker.close()
        if self._failed:
            raise self._failed

    def _is_done(self, submission: Submission) -> bool:
        result = self.results.by_key.get(submission.key)
        if not result or result.digest != submission.digest:
            return False
        # What could not be judged is tried again.
        return all(one.outcome is not Outcome.NOT_CHECKED for one in result.verdicts)

    def _chapters(self) -> set[str]:
        return {find_task(number).chapter for one in self.waiting for number in self.submitted.of(one)}

    def _work(self, worker: "_Worker", on_result: Callable[[Result], None]) -> None:
        while not self._over.is_set() and not self._failed:
            try:
                submission = self._turn.get_nowait()
            except queue.Empty:
                return
            try:
                result = self._judge(submission, worker)
                with self._lock:
                    self.results.add(result)
                    on_result(result)
            except Exception as error:
                if not self._over.is_set():
                    told = f"{submission.key} could not be judged: {type(error).__name__}: {error}"
                    self._failed = self._failed or (error if isinstance(error, LabError) else LabError(told))

    def _judge(self, submission: Submission, worker: "_Worker") -> Result:
        answers, without = self.submitted.answers(submission)
        verdicts = {
            number: without_answer(find_task(number), Outcome.NOT_ATTEMPTED, reason)
            for number, reason in without.items()
        }
        tried = {}
        for number, answer in answers.items():
            if answer.attempted:
                tried[number] = answer
            else:
                reason = "The task's cells are as they were given."
                verdicts[number] = without_answer(find_task(number), Outcome.NOT_ATTEMPTED, reason, answer.notes)
        if tried:
            verdicts |= zip(tried, worker.judge(list(tried.values())), strict=True)
        ordered = tuple(verdicts[number] for number in self.submitted.of(submission))
        return Result(submission.key, submission.digest, ordered)


class _Worker:
    """A worker's process, as its thread holds it."""

    def __init__(self, course: Course, checkpoints: Path, *, trust: bool) -> None:
        words = [sys.executable, "-P", "-m", "channels_lab.marking.worker", str(course.root), str(checkpoints)]
        self._command = [*words, "trust"] if trust else [*alone(), *words, "confine"]
        self._process: subprocess.Popen[str] | None = None

    def start(self) -> None:
        """Start it."""
        self._process = subprocess.Popen(
            self._command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=os.environ | {ALONE: "1"},
            start_new_session=True,
        )

    def judge(self, answers: list[Answer]) -> list[Verdict]:
        """Judge a submission's answers; raises LabError where that is impossible."""
        assert self._process and self._process.stdin and self._process.stdout
        try:
            self._process.stdin.write(json.dumps([vars(answer) for answer in answers]) + "\n")
            self._process.stdin.flush()
            line = self._process.stdout.readline()
        except (OSError, ValueError):
            line = ""
        if not line:
            raise LabError("A worker has ended.", "Go on with  --resume .")
        told = json.loads(line)
        if "error" in told:
            raise LabError(told["error"], told["fix"])
        return [Verdict.from_json(one) for one in told["verdicts"]]

    def close(self) -> None:
        """Close what was read from, when nobody reads any more."""
        if self._process:
            assert self._process.stdout
            self._process.stdout.close()

    def end(self) -> None:
        """End it: what it has begun ends with it."""
        if self._process:
            assert self._process.stdin
            with contextlib.suppress(OSError):
                self._process.stdin.close()
            try:
                self._process.wait(_END_SECONDS)
            except subprocess.TimeoutExpired:
                os.killpg(self._process.pid, signal.SIGKILL)
                self._process.wait()


async def _prepare(course: Course, place: Path, chapters: Iterable[str]) -> None:
    """Make the checkpoints, of our own project, before anybody needs one."""
    for chapter in sorted(chapters):
        await Checkpoints(course, place).at(chapter)
