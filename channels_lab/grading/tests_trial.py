"""A trial of kind "tests": the learner's tests, run on a sound project and on broken ones that look just like it.

What it can tell has limits. A test counts as one that notices when the run on a broken project fails, for whatever
reason; that is why it must pass on the sound one. The folders' names, times and the order tell nothing of which is
which, but a test that read the project's source could, and one whose result depends on time or chance may be lucky.
"""

import asyncio
import re
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from channels_lab.errors import LabError
from channels_lab.explain.evidence import Evidence
from channels_lab.explain.gather import gather
from channels_lab.grading.box import Box
from channels_lab.grading.chance import Chance
from channels_lab.grading.trial import PATIENCE
from channels_lab.grading.unmet import Unmet, quoted
from channels_lab.picture.expectation.expectation import Line
from channels_lab.picture.story.diagram import Diagram
from channels_lab.running.failure import failed_tests
from channels_lab.running.process import Process

if TYPE_CHECKING:
    from channels_lab.grading.task import Task

__all__ = ["SOUND", "TestRun", "TestsTrial"]

SOUND = "sound"
# Tests that fail mostly wait.
_AT_ONCE = 4
_RUN_SECONDS = 20
_RAN = re.compile(r"^Ran (\d+) tests? in", re.MULTILINE)
_FAILED = re.compile(r"^(FAIL|ERROR): (\S+)", re.MULTILINE)


@dataclass(frozen=True)
class TestRun:
    """A run of the learner's tests on one project: how many ran, the first that failed, whether all passed."""

    __test__ = False

    process: Process
    tree: Path
    finished: bool

    @property
    def count(self) -> int:
        """How many tests ran; 0 where they could not be run."""
        found = _RAN.findall(self.process.log)
        return int(found[-1]) if found else 0

    @property
    def passed(self) -> bool:
        """Whether there were tests, and all of them passed."""
        return self.finished and self.process.exit_code == 0 and self.count > 0

    @property
    def failed(self) -> bool:
        """Whether a test ran to its end, and did not pass: a run that was cut off, or never began, tells nothing."""
        return self.finished and self.process.exit_code == 1 and _FAILED.search(self.process.log) is not None

    @property
    def told(self) -> str:
        """What became of it, as a clause."""
        if not self.finished:
            return f"they did not end within {_RUN_SECONDS} s"
        if self.passed:
            return "they passed" if self.count > 1 else "it passed"
        if not self.count:
            return "no test was found" if self.process.exit_code in (0, 5) else "they could not be run"
        failed = _FAILED.search(self.process.log)
        return f"{quoted(failed[2])} did not pass" if failed else "they did not pass"


class TestsTrial:
    """One behaviour's look at the runs: `expect_success()` on the sound project, `expect_failure(…)` on a mutant."""

    __test__ = False
    has_causes = False

    def __init__(self, box: Box, chance: Chance) -> None:
        self.box = box
        self.chance = chance
        self.began = time.monotonic()
        self.patience = PATIENCE
        self.script: list[Line] = []
        self._looked_at = SOUND

    @classmethod
    async def open(cls, box: Box, task: "Task", chance: Chance) -> None:
        """Run the tests on all projects, in random order, a few at once; each run ends at its first failure."""
        if box.tests:
            return
        changed = {name: mutant.apply(box.checkpoint.texts)[mutant.path] for name, mutant in task.mutants.items()}
        names = [SOUND, *task.mutants]
        chance.random.shuffle(names)
        labels = [
            path.removesuffix(".py").replace("/", ".") for path in box.files if Path(path).name.startswith("test")
        ]
        turn = asyncio.Semaphore(_AT_ONCE)

        async def run(name: str) -> None:
            async with turn:
                mutated = {task.mutants[name].path: changed[name]} if name in changed else {}
                tree = box.new_tree(mutated | box.files)
                process = box.command(tree, "test", "--no-input", "--failfast", *labels)
                try:
                    await process.end(_RUN_SECONDS)
                    box.tests[name] = TestRun(process, tree, True)
                except LabError:
                    box.tests[name] = TestRun(process, tree, False)

        await asyncio.gather(*map(run, names))

    @staticmethod
    def lives(box: Box) -> bool:
        """All has been run before."""
        return True

    async def expect_success(self) -> None:
        """The tests pass on the sound project, and there is one at least."""
        run = self.box.tests[SOUND]
        if not run.passed:
            details = failed_tests(run.process.log, run.tree)
            raise Unmet(f"Your tests should have passed on the project as it is; {run.told}.", details=details)

    async def expect_failure(self, name: str, sentence: str) -> None:
        """A test fails on this broken project; `sentence` says what should be noticed: "They notice …"."""
        self._looked_at = name
        if not self.box.tests[SOUND].passed:
            raise Unmet("That says nothing: your tests do not pass on the project as it is, either.")
        run = self.box.tests[name]
        if not run.failed:
            wish = sentence.rstrip(".").replace("They notice", "Your tests should notice", 1)
            passed = f"all {run.count} of them" if run.count > 1 else "your test"
            raise Unmet(f"{wish}; on the project that is broken so, {f'{passed} passed' if run.passed else run.told}.")

    async def settle(self) -> None:
        """All has been run before."""

    def evidence(self, error: BaseException | None = None) -> Evidence:
        """What the run printed that was looked at."""
        run = self.box.tests[self._looked_at]
        return gather([run.process], [], run.tree, error)

    def picture(self, drawn: Diagram) -> Diagram | None:
        """A run of tests has none."""
        return None

    async def close(self) -> None:
        """Nothing is open."""
