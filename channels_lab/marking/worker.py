"""A worker of a run: a process that judges submissions in sandboxes, one after another, alone in a network of its own.

JSON lines go in and out: a list of answers, the verdicts on them in order. Run as
`python -m channels_lab.marking.worker ROOT CHECKPOINTS TRUST`.
"""

import asyncio
import contextlib
import json
import os
import queue
import signal
import sys
import threading
from dataclasses import replace
from pathlib import Path
from typing import Any

from channels_lab.course.course import Course
from channels_lab.errors import LabError
from channels_lab.explain.book import rules
from channels_lab.grading.judge import judge
from channels_lab.grading.task import Task, find_task, tasks
from channels_lab.grading.tree import Checkpoints
from channels_lab.grading.verdict import Outcome, Verdict
from channels_lab.marking.untrusted import judge_untrusted
from channels_lab.running.warmstart import warm_start
from channels_lab.sandbox.sandbox import Sandbox
from channels_lab.sandbox.sandboxes import Sandboxes

__all__ = ["main", "without_answer"]

# How many answers of a submission are judged at once: checks wait more than they compute.
_SIDE_BY_SIDE = 3


def without_answer(task: Task, outcome: Outcome, reason: str, notes: tuple[str, ...] = ()) -> Verdict:
    """The verdict where there is nothing to judge."""
    return Verdict(task.number, outcome, task.unjudged(), reason, notes=notes)


class _Submission:
    """A submission's answers before the judge: some at once, each in a sandbox that none of the others is in."""

    def __init__(self, checkpoints: Checkpoints, *, trust: bool) -> None:
        self._checkpoints = checkpoints
        self._trust = trust
        self._idle: list[Sandbox] = []
        self._turn = asyncio.Semaphore(_SIDE_BY_SIDE if trust or _sandboxes.warm else 1)
        self._broken = 0

    async def judge(self, answers: list[dict[str, Any]]) -> list[Verdict]:
        """The verdicts in order; raises LabError where no sandbox can be made."""
        try:
            told = await asyncio.gather(*map(self._one, answers), return_exceptions=True)
            if self._broken and len(answers) > 1:
                # Whoever breaks a sandbox may have taken from the others what they need: they are judged alone.
                self._turn = asyncio.Semaphore(1)
                for at, verdict in enumerate(told):
                    if isinstance(verdict, Verdict) and verdict.outcome is not Outcome.PASSED:
                        told[at] = await self._one(answers[at])
        finally:
            for sandbox in self._idle:
                _close(sandbox)
        verdicts = []
        for verdict in told:
            if isinstance(verdict, BaseException):
                raise verdict
            verdicts.append(verdict)
        return verdicts

    async def _one(self, answer: dict[str, Any]) -> Verdict:
        task = find_task(answer["number"])
        async with self._turn:
            try:
                verdict = await self._judged(task, answer["files"])
            except LabError:
                raise
            except Exception as error:  # a fault of ours: the other tasks are judged
                reason = f"The check itself failed: {type(error).__name__}: {error}"
                verdict = without_answer(task, Outcome.NOT_CHECKED, reason)
        return replace(verdict, notes=(*answer["notes"], *verdict.notes))

    async def _judged(self, task: Task, files: dict[str, str]) -> Verdict:
        if self._trust:
            return await judge(task, files, checkpoints=self._checkpoints)
        sandbox, fit = self._idle.pop() if self._idle else _make(), False
        try:
            verdict, fit = await judge_untrusted(task, files, sandbox, checkpoints=self._checkpoints)
        finally:
            if fit:
                self._idle.append(sandbox)
            else:
                self._broken += 1
                _close(sandbox)
        return verdict


_sandboxes = Sandboxes()
# Those that are in use, for when this process is to end.
_open: set[Sandbox] = set()
_making = threading.Lock()


def _make() -> Sandbox:
    with _making:
        sandbox = _sandboxes.make()
        _open.add(sandbox)
        return sandbox


def _close(sandbox: Sandbox) -> None:
    sandbox.close()
    _open.discard(sandbox)


def _read(lines: "queue.SimpleQueue[str]") -> None:
    """Take what comes; when whoever started this is gone or wants no more, end, and leave nothing."""
    for line in sys.stdin:
        lines.put(line)
    with _making:  # none is half made, and none is made any more
        for sandbox in list(_open):
            sandbox.close()
        _sandboxes.close()
        os._exit(0)


def main() -> None:
    """Judge what comes, until there is no more."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # whoever started it ends it
    checkpoints = Checkpoints(Course(Path(sys.argv[1])), Path(sys.argv[2]))
    trust = sys.argv[3] == "trust"
    out = sys.stdout
    sys.stdout = sys.stderr
    # What the first answer needs, while the grader still reads: a nursery beside, all tasks, all that explains.
    if trust:
        warm_start()
    else:
        with contextlib.suppress(LabError):  # told where it is needed
            _sandboxes.begin()
    lines: queue.SimpleQueue[str] = queue.SimpleQueue()
    threading.Thread(target=_read, args=(lines,), daemon=True).start()
    tasks()
    rules()
    while True:
        line = lines.get()
        try:
            verdicts = asyncio.run(_Submission(checkpoints, trust=trust).judge(json.loads(line)))
            told: dict[str, Any] = {"verdicts": [verdict.to_json() for verdict in verdicts]}
        except LabError as error:
            told = {"error": error.message, "fix": error.fix}
        print(json.dumps(told), file=out, flush=True)


if __name__ == "__main__":
    main()
