"""A worker of a run: a process that judges submissions in sandboxes, several at once, alone in a network of its own.

JSON lines go in and out: a number and a list of answers, that number and the verdicts on them in order. Run as
`python -m channels_lab.marking.worker ROOT CHECKPOINTS TRUST`.
"""

import asyncio
import contextlib
import json
import signal
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any

from channels_lab.errors import LabError
from channels_lab.running.warmstart import warm_start
from channels_lab.sandbox.sandboxes import Sandboxes

if TYPE_CHECKING:
    from channels_lab.marking.bench import Bench

__all__ = ["main"]

_THREADS = 32


async def _serve(make: "Callable[[], Bench]") -> None:
    """Judge what comes; when whoever started this is gone or wants no more, end, and leave nothing."""
    loop, out = asyncio.get_running_loop(), sys.stdout
    sys.stdout = sys.stderr
    loop.set_default_executor(ThreadPoolExecutor(_THREADS))
    bench = make()
    running: set[asyncio.Task[None]] = set()

    async def answer(line: str) -> None:
        asked = json.loads(line)
        try:
            verdicts = await bench.judge(asked["answers"])
            told: dict[str, Any] = {"verdicts": [verdict.to_json() for verdict in verdicts]}
        except LabError as error:
            told = {"error": error.message, "fix": error.fix}
        print(json.dumps({"number": asked["number"]} | told), file=out, flush=True)

    def begin(line: str) -> None:
        task = loop.create_task(answer(line))
        running.add(task)
        task.add_done_callback(running.discard)

    def read() -> None:
        for line in sys.stdin:
            loop.call_soon_threadsafe(begin, line)
        bench.end()

    threading.Thread(target=read, daemon=True).start()
    await asyncio.Event().wait()


def main() -> None:
    """Judge what comes, until there is no more."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # whoever started it ends it
    root, checkpoints, trust = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3] == "trust"
    sandboxes = Sandboxes()
    # What takes longest comes first, and beside: all else is imported while it becomes warm.
    if trust:
        warm_start()
    else:
        with contextlib.suppress(LabError):  # told where it is needed
            sandboxes.begin()
    from channels_lab.course.course import Course
    from channels_lab.grading.tree import Checkpoints
    from channels_lab.marking.bench import Bench

    asyncio.run(_serve(lambda: Bench(Checkpoints(Course(root), checkpoints), sandboxes, trust=trust)))


if __name__ == "__main__":
    main()
