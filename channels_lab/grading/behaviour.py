"""One thing that an answer does, what is told of it, and the broken project that an answer of tests should notice."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from channels_lab.errors import LabError
from channels_lab.grading.verdict import Judged

__all__ = ["OWN_CHECK", "Behaviour", "Mutant", "Run"]

# A trial is of the task's kind: `Trial`, `StreamsTrial`, `ScriptTrial` or `TestsTrial`.
Run = Callable[[Any], Awaitable[None]]
# What a learner reads of an instructor's own check.
OWN_CHECK = "One of your course's own checks, which are not shown."


@dataclass(frozen=True)
class Behaviour:
    """One thing that an answer does: the `sentence` that a learner reads, its `points`, and the function that sees it.

    `run` is given the trial and raises what it saw instead. It is given `deadline` seconds. Of a `hidden` one, an
    instructor's own, a learner is told points only.
    """

    name: str
    sentence: str
    points: int
    run: Run
    deadline: float
    hidden: bool = False

    @property
    def told(self) -> str:
        """What anybody may read of it."""
        return OWN_CHECK if self.hidden else self.sentence

    def judged(self, passed: bool | None = None, said: str = "") -> Judged:
        """It, as judged: whether it was seen, and what was seen instead."""
        points = self.points if passed else 0
        if not self.hidden:
            return Judged(self.name, self.sentence, passed, points, self.points, said)
        hidden = f"{self.sentence} {said}".strip()
        return Judged(self.name, OWN_CHECK, passed, points, self.points, hidden=hidden)


@dataclass(frozen=True)
class Mutant:
    """A broken version of the project, of a task of kind "tests": in the file `path` stands `new` instead of `old`.

    With `old` "" the whole file is `new`.
    """

    path: str
    old: str
    new: str

    def apply(self, files: dict[str, str]) -> dict[str, str]:
        """The files with the change; raises LabError where `old` is not there exactly once."""
        before = files.get(self.path, "")
        if self.old and before.count(self.old) != 1:
            raise LabError(f"{self.old!r} stands in {self.path} {before.count(self.old)} times, not once.")
        return files | {self.path: before.replace(self.old, self.new) if self.old else self.new}
