"""Judging answers that are not to be trusted: the same judge, with a sandbox that what runs in it may break."""

import asyncio
from dataclasses import replace

from channels_lab.grading.judge import judge
from channels_lab.grading.task import Task
from channels_lab.grading.tree import Checkpoints
from channels_lab.grading.verdict import Outcome, Verdict
from channels_lab.sandbox.sandbox import Broken, Sandbox

__all__ = ["judge_untrusted"]


async def judge_untrusted(
    task: Task, files: dict[str, str], sandbox: Sandbox, *, checkpoints: Checkpoints, seed: int | None = None
) -> tuple[Verdict, bool]:
    """Judge an answer in a sandbox; returns the verdict, and whether the sandbox is fit for the next.

    An answer that breaks its sandbox has failed: what it had earned before stays, and it is told what it did.
    """
    verdict = await judge(task, files, seed=seed, checkpoints=checkpoints, sandbox=sandbox)
    try:
        await asyncio.to_thread(sandbox.sweep)
        return verdict, True
    except Broken as broken:
        if sandbox.broke:
            reason = f"Your program was stopped: {sandbox.broke}."
        elif verdict.outcome is Outcome.NOT_CHECKED:
            reason = broken.message
        else:
            reason = verdict.reason or broken.message
        return replace(verdict, outcome=Outcome.NOT_YET, reason=reason), False
