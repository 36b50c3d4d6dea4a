"""A trial of kind "streams": a server by hand, `serve(reader, writer)`, as `asyncio.start_server` calls it."""

from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from channels_lab.grading.box import Box
from channels_lab.grading.chance import Chance
from channels_lab.grading.dial import Dial
from channels_lab.grading.trial import Trial

if TYPE_CHECKING:
    from channels_lab.grading.task import Task

__all__ = ["StreamsTrial"]


class StreamsTrial(Trial):
    """A trial whose server is the function `serve` of the task's first file.

    `connect(…)` goes to it with a library's client, `dial()` with bytes. Nothing of it is recorded.
    """

    has_causes = False

    @classmethod
    async def open(cls, box: Box, task: "Task", chance: Chance) -> None:
        """Start the server, unless it runs."""
        if not box.process("main") or box.was_ended("main"):
            await box.streams(f"{PurePosixPath(task.files[0]).stem}:serve")

    def dial(self, *, name: str = "ada", server: str = "main") -> Dial:
        """A connection that carries the bytes one says; see `Dial`."""
        return Dial(self.box.ports[server], name=name, patience=self.patience)

    async def settle(self) -> None:
        """There is no record to wait for."""
