"""A worker of a run: a process that judges submissions in sandboxes, one after another, alone in a network of its own.

JSON lines go in and out: a list of answers, the verdicts on them in order. Run as
`python -m channels_lab.marking.worker ROOT CHECKPOINTS TRUST`.
"""

import asyncio
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
from channels_lab.grading.judge import judge
from channels_lab.grading.task import Task, find_task
from channels_lab.grading.tree import Checkpoints
from channels_lab.grading.verdict import Outcome, Verdict
from channels_lab.marking.untrusted import judge_untrusted
from channels_lab.sandbox.sandbox import Sandbox
from channels_lab.sandbox.sandboxes import Sandboxes

__all__ = ["main", "without_answer"]


def without_answer(task: Task, outcome: Outcome, reason: str, notes: tuple[str, ...] = ()) -> Verdict:
    """The verdict where there is nothing to judge."""
    return Verdict(task.number, outcome, task.unjudged(), reason, notes=notes)


async def _submission(answers: list[dict[str, Any]], checkpoints: Checkpoints, *, trust: bool) -> list[Verdict]:
    verdicts: list[Verdict] = []
    sandbox: Sandbox | None = None
    try:
        for answer in answers:
            task, fit = find_task(answer["number"]), True
            if not trust and not sandbox:
                with _making:
                    sandbox = _sandboxes.make()
                    _open[:] = [sandbox]
            try:
                if sandbox:
                    verdict, fit = await judge_untrusted(task, answer["files"], sandbox, checkpoints=checkpoints)
                else:
                    verdict = await judge(task, answer["files"], checkpoints=checkpoints)
            except LabError:
                raise
            except Exception as error:  # a fault of ours: the other tasks are judged
                reason = f"The check itself failed: {type(error).__name__}: {error}"
                verdict, fit = without_answer(task, Outcome.NOT_CHECKED, reason), False
            if sandbox and not fit:
                sandbox.close()
                sandbox = None
            verdicts.append(replace(verdict, notes=(*answer["notes"], *verdict.notes)))
    finally:
        if sandbox:
            sandbox.close()
    return verdicts


_sandboxes = Sandboxes()
# The one that is in use, for when this process is to end.
_open: list[Sandbox] = []
_making = threading.Lock()


def _read(lines: "queue.SimpleQueue[str]") -> None:
    """Take what comes; when whoever started this is gone or wants no more, end, and leave nothing."""
    for line in sys.stdin:
        lines.put(line)
    with _making:  # none is half made, and none is made any more
        for sandbox in _open:
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
    lines: queue.SimpleQueue[str] = queue.SimpleQueue()
    threading.Thread(target=_read, args=(lines,), daemon=True).start()
    while True:
        line = lines.get()
        try:
            verdicts = asyncio.run(_submission(json.loads(line), checkpoints, trust=trust))
            told: dict[str, Any] = {"verdicts": [verdict.to_json() for verdict in verdicts]}
        except LabError as error:
            told = {"error": error.message, "fix": error.fix}
        print(json.dumps(told), file=out, flush=True)


if __name__ == "__main__":
    main()
