"""A trial of kind "client": what a behaviour is given to run the learner's script against a server of ours."""

import asyncio
import contextlib
import time
from dataclasses import replace
from typing import TYPE_CHECKING

from channels_lab.errors import LabError
from channels_lab.explain.evidence import Evidence
from channels_lab.explain.gather import gather
from channels_lab.grading.board_site import BoardSite
from channels_lab.grading.box import Box
from channels_lab.grading.chance import Chance
from channels_lab.grading.site import SCRIPT, Site
from channels_lab.grading.trial import PATIENCE
from channels_lab.grading.unmet import Unmet, quoted
from channels_lab.picture.expectation.expectation import Line
from channels_lab.picture.story.diagram import Diagram
from channels_lab.picture.story.story import Story
from channels_lab.record.events import Event
from channels_lab.running.failure import failure_details
from channels_lab.running.process import Process
from channels_lab.running.starter import MOST_BYTES

if TYPE_CHECKING:
    from channels_lab.grading.task import Task

__all__ = ["Script", "ScriptTrial"]

_LOOK_AGAIN = 0.01  # seconds: what is printed goes to a file, and tells nobody
_MOST_PRINTED = 100_000


class Script:
    """The learner's script as it runs; what it prints is read line by line."""

    def __init__(self, process: Process) -> None:
        self.process = process
        self._read = 0

    @property
    def lines(self) -> list[str]:
        """All whole lines that it has printed; of a flood, the first 100,000 characters."""
        return self.process.log[:_MOST_PRINTED].split("\n")[:-1]

    async def expect_line(self, text: str, *, timeout: float = PATIENCE) -> None:
        """The next line that it prints is this one."""
        deadline = time.monotonic() + timeout
        while len(self.lines) <= self._read:
            if not self.process.alive and len(self.lines) <= self._read:
                raise Unmet(f"{SCRIPT} should have printed {quoted(text)}; {self.ended()}.", details=self.details())
            if time.monotonic() > deadline:
                raise Unmet(f"{SCRIPT} should have printed {quoted(text)}; for {timeout:g} s it printed nothing more.")
            await asyncio.sleep(_LOOK_AGAIN)
        line = self.lines[self._read]
        self._read += 1
        if line.rstrip() != text:
            if line.startswith("Traceback"):
                await self.process.wait_ended(1)
                line = self.ended()
            said = line if line == self.ended() else f"it printed {quoted(line)}"
            raise Unmet(f"{SCRIPT} should have printed {quoted(text)}; {said}.", details=self.details())

    async def expect_no_line(self, seconds: float = 0.3) -> None:
        """It prints nothing more for so long."""
        await asyncio.sleep(seconds)
        if len(self.lines) > self._read:
            raise Unmet(f"{SCRIPT} should have printed nothing more; it printed {quoted(self.lines[self._read])}.")

    async def expect_end(self, code: int = 0, *, timeout: float = 3) -> None:
        """It ends by itself with this status."""
        if not await self.process.wait_ended(timeout):
            raise Unmet(f"{SCRIPT} should have ended; for {timeout:g} s it did not.")
        if self.process.exit_code != code:
            details = self.details()
            raise Unmet(f"{SCRIPT} should have ended with status {code}; {self.ended()}.", details=details)

    def ended(self) -> str:
        """In a clause, that it runs, or how it has ended."""
        if self.process.alive:
            return "it runs still"
        if self.process.printed.size >= MOST_BYTES:
            return f"it has printed {MOST_BYTES // 2**20} MiB, and no more is kept"
        last = next((line for line in reversed(self.process.log[-2000:].splitlines()) if line.strip()), "")
        return f"it had ended with status {self.process.exit_code}" + (f", after {quoted(last)}" if last else "")

    def details(self) -> str:
        """Its own lines of the last traceback; "" where it has ended in peace."""
        if self.process.alive or not self.process.exit_code:
            return ""
        return failure_details(self.process.log, self.process.cwd)


class ScriptTrial:
    """One behaviour's time with the learner's script: `async with trial.site() as site`, then `trial.run(site.url)`.

    `word()`, `text()`, `number()` are those of `chance`.
    """

    has_causes = False

    def __init__(self, box: Box, chance: Chance) -> None:
        self.box = box
        self.chance = chance
        self.word, self.words, self.text = chance.word, chance.words, chance.text
        self.number, self.random = chance.number, chance.random
        self.began = time.monotonic()
        self.patience = PATIENCE
        self.script: list[Line] = []
        self.clients_events: list[Event] = []
        self._scripts: list[Script] = []

    @classmethod
    async def open(cls, box: Box, task: "Task", chance: Chance) -> None:
        """Nothing runs before a behaviour."""

    @staticmethod
    def lives(box: Box) -> bool:
        """A script is started anew in each behaviour."""
        return True

    def site(self) -> Site:
        """A server of ours."""
        return Site(self.clients_events, self.script, self.patience, self._over, self.box.starter.listener())

    def board(self) -> BoardSite:
        """A notice board of ours, over HTTP."""
        return BoardSite(self._over, self.box.starter.listener())

    def run(self, *words: str, path: str = "") -> Script:
        """Start the script (by default the task's first file) with these arguments, as `python client.py URL` does."""
        script = Script(self.box.script(path or next(iter(self.box.files)), *words, name=SCRIPT))
        self._scripts.append(script)
        return script

    def expect(self, whether: object, sentence: str) -> None:
        """Raise Unmet with a sentence unless something is so."""
        if not whether:
            raise Unmet(sentence)

    async def settle(self) -> None:
        """What a script has said is here."""

    def evidence(self, error: BaseException | None = None) -> Evidence:
        """What has happened since the behaviour began."""
        return gather([one.process for one in self._scripts], self.clients_events, self.box.tree, error)

    def picture(self, drawn: Diagram) -> Diagram | None:
        """The same picture with one lane for our server."""
        ours = [lane for lane in drawn.story.participants if lane == "application" or lane.startswith(f"{SCRIPT}'s")]
        lanes = dict.fromkeys(ours, "our server")
        steps = [
            replace(step, source=lanes.get(step.source, step.source), target=lanes.get(step.target, step.target))
            for step in drawn.story.steps
        ]
        kinds = drawn.story.kinds | {"our server": "consumers"}
        return replace(drawn, story=Story.of(steps, kinds, complete=drawn.story.complete))

    async def close(self) -> None:
        """End the scripts."""
        for script in self._scripts:
            with contextlib.suppress(LabError):
                await self.box.end(script.process)

    def _over(self) -> Unmet | None:
        """What is to be said of the newest script where it has ended."""
        script = self._scripts[-1] if self._scripts else None
        return Unmet(f"{script.ended()}.", details=script.details()) if script and not script.process.alive else None
