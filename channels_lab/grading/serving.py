"""What runs in the checker's process: it takes answers from its kernel, judges them, and leaves with the kernel.

JSON lines go over one socket. In: a request by its `id` with a task's number and files, or the chapter to prepare.
Out: for each request its steps, and at last a verdict or an error.
"""

import asyncio
import json
import os
import signal
import socket
import sys
from pathlib import Path
from typing import Any

from channels_lab.course.course import Course
from channels_lab.errors import LabError
from channels_lab.explain.book import rules
from channels_lab.grading.judge import judge
from channels_lab.grading.task import find_task
from channels_lab.grading.tree import Checkpoints
from channels_lab.running.warmstart import warm_start

__all__ = ["main"]

_MOST_BYTES = 16 * 2**20


class _Serving:
    def __init__(self, writer: asyncio.StreamWriter) -> None:
        self._writer = writer
        self._running: set[asyncio.Task[None]] = set()

    def take(self, request: dict[str, Any]) -> None:
        """Begin with a request."""
        task = asyncio.create_task(self._answer(request))
        self._running.add(task)
        task.add_done_callback(self._running.discard)

    async def _answer(self, request: dict[str, Any]) -> None:
        number = request["id"]
        checkpoints = Checkpoints(Course(Path(request["root"])), Path(request["checkpoints"]))
        try:
            if "prepare" in request:
                await checkpoints.at(request["prepare"], warm_start())
                self._tell(number, prepared=True)
                return
            verdict = await judge(
                find_task(request["number"]),
                request["files"],
                seed=request.get("seed"),
                checkpoints=checkpoints,
                on_step=lambda sentence: self._tell(number, step=sentence),
            )
            self._tell(number, verdict=verdict.to_json())
        except LabError as error:
            self._tell(number, error=error.message, fix=error.fix)
        except Exception as error:
            self._tell(number, error=f"The check itself failed: {type(error).__name__}: {error}", fix="")

    def _tell(self, number: int, **what: Any) -> None:
        self._writer.write(json.dumps({"id": number, **what}).encode() + b"\n")


async def _serve(connection: socket.socket) -> None:
    warm_start()
    # All that the first failure needs is imported beforehand.
    asyncio.get_running_loop().run_in_executor(None, rules)
    reader, writer = await asyncio.open_connection(sock=connection, limit=_MOST_BYTES)
    serving = _Serving(writer)
    try:
        while line := await reader.readline():
            serving.take(json.loads(line))
    except ConnectionError:
        pass
    # The kernel is gone, or has asked. The keeper ends what runs still, and removes its folder.
    os._exit(0)


def main() -> None:
    """Run as `python -m channels_lab.grading.serving DESCRIPTOR`, the socket inherited."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    connection = socket.socket(fileno=int(sys.argv[1]))
    os.set_inheritable(connection.fileno(), False)
    asyncio.run(_serve(connection))


if __name__ == "__main__":
    main()
