"""The bench: where a worker judges the answers of submissions, several at once."""

import asyncio
import os
import threading
from dataclasses import replace
from typing import Any

from channels_lab.errors import LabError
from channels_lab.explain.book import rules
from channels_lab.grading.judge import judge
from channels_lab.grading.task import Task, find_task, tasks
from channels_lab.grading.tree import Checkpoints
from channels_lab.grading.verdict import Outcome, Verdict
from channels_lab.marking.shares import Shares
from channels_lab.marking.turns import Turn, Turns
from channels_lab.marking.untrusted import judge_untrusted
from channels_lab.sandbox.sandbox import Sandbox
from channels_lab.sandbox.sandboxes import Sandboxes

__all__ = ["Bench"]

# How many answers are judged at once: checks wait more than they compute.
_AT_ONCE = 8


class Bench:
    """Judges submissions, each answer in a sandbox that no other submission is in; to be made in a loop."""

    def __init__(self, checkpoints: Checkpoints, sandboxes: Sandboxes, *, trust: bool) -> None:
        tasks()  # all, and all that explains, before the first answer
        rules()
        self._checkpoints = checkpoints
        self._sandboxes = sandboxes
        self._trust = trust
        self._turns = Turns(_AT_ONCE)
        self._shares = Shares(_AT_ONCE)
        self._open: set[Sandbox] = set()  # for when this process is to end
        self._making = threading.Lock()

    async def judge(self, answers: list[dict[str, Any]]) -> list[Verdict]:
        """The verdicts on a submission's answers, in order; raises LabError where no sandbox can be made."""
        idle: list[Sandbox] = []
        # A sandbox that takes long to make is made once.
        async with self._shares.share(_AT_ONCE if self._trust or self._sandboxes.warm else 1) as share:

            async def one(answer: dict[str, Any]) -> Verdict:
                async with share.place():
                    return await self._surely(answer, idle)

            try:
                told = await asyncio.gather(*map(one, answers), return_exceptions=True)
            finally:
                await asyncio.gather(*(asyncio.to_thread(self._close, sandbox) for sandbox in idle))
        verdicts = []
        for verdict in told:
            if isinstance(verdict, BaseException):
                raise verdict
            verdicts.append(verdict)
        return verdicts

    def end(self) -> None:
        """End all sandboxes; none is half made, and none is made any more."""
        with self._making:
            for sandbox in list(self._open):
                sandbox.close()
            self._sandboxes.close()
            os._exit(0)

    async def _surely(self, answer: dict[str, Any], idle: list[Sandbox]) -> Verdict:
        """The verdict on an answer: what fails in a crowd is judged once more, alone, before it counts.

        What looks at times is alone from the first: in a crowd the quick is slow, and a wrong answer might pass.
        """
        task = find_task(answer["number"])
        async with self._turns.take(alone=task.alone) as turn:
            verdict = await self._judged(task, answer["files"], idle, turn)
            sure = verdict.outcome is Outcome.PASSED or self._turns.is_sure(turn, task.deadline / 2)
        if not sure:
            async with self._turns.take(alone=True) as turn:
                verdict = await self._judged(task, answer["files"], idle, turn)
        return replace(verdict, notes=(*answer["notes"], *verdict.notes))

    async def _judged(self, task: Task, files: dict[str, str], idle: list[Sandbox], turn: Turn) -> Verdict:
        try:
            if self._trust:
                return await judge(task, files, checkpoints=self._checkpoints)
            sandbox, fit = idle.pop() if idle else await asyncio.to_thread(self._make), False
            try:
                verdict, fit = await judge_untrusted(task, files, sandbox, checkpoints=self._checkpoints)
            finally:
                if fit:
                    idle.append(sandbox)
                else:
                    self._turns.note_break(turn)
                    await asyncio.to_thread(self._close, sandbox)
            return verdict
        except LabError:
            raise
        except Exception as error:  # a fault of ours: the other tasks are judged
            reason = f"The check itself failed: {type(error).__name__}: {error}"
            return Verdict(task.number, Outcome.NOT_CHECKED, task.unjudged(), reason)

    def _make(self) -> Sandbox:
        with self._making:
            sandbox = self._sandboxes.make()
            self._open.add(sandbox)
            return sandbox

    def _close(self, sandbox: Sandbox) -> None:
        sandbox.close()
        self._open.discard(sandbox)
