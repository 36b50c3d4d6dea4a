"""The judge: runs a task's behaviours against an answer, and says of the first that fails what was seen instead."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, field

import httpx

from channels_lab.course.course import Course
from channels_lab.course.filecell import check_syntax, project_path
from channels_lab.errors import LabError
from channels_lab.explain.explanation import clean
from channels_lab.grading.account import account
from channels_lab.grading.box import Box
from channels_lab.grading.chance import Chance
from channels_lab.grading.kinds import AnyTrial, trial_of
from channels_lab.grading.task import Behaviour, Task
from channels_lab.grading.tree import Checkpoints
from channels_lab.grading.unmet import Unmet
from channels_lab.grading.verdict import Judged, Outcome, Verdict
from channels_lab.running.process import Process
from channels_lab.running.starter import MOST_BYTES, Starter
from channels_lab.running.warmstart import warm_start

__all__ = ["judge"]

_MOST_CHARACTERS = 200_000
# A behaviour that has failed leaves clients that are still open, and servers that hang.
_CLOSE_SECONDS = 3
# Neither a picture nor an explanation: they would show what is looked for.
_OWN = "It does not pass one of your course's own checks, which are not shown."
# Where one thing is wrong, often nothing comes.
_LESS_PATIENCE = 1.0

OnStep = Callable[[str], None]


async def judge(
    task: Task,
    files: dict[str, str],
    *,
    seed: int | None = None,
    brief: bool = False,
    checkpoints: Checkpoints | None = None,
    starter: Starter | None = None,
    sandbox: Starter | None = None,
    on_step: OnStep = lambda sentence: None,
) -> Verdict:
    """Judge an answer: files by their path in the project. Never raises for what an answer does.

    `seed` makes the words and rooms; a `brief` judge stops at the first failure; `on_step` is told what is done now.
    `checkpoints` are those of the course here, and processes are started by this process's keeper, unless others are
    given. With a `sandbox` the answer's are started by that.
    """
    hearing = _Hearing(task, on_step, brief)
    try:
        if verdict := _unacceptable(task, files):
            return hearing.verdict(*verdict)
        if not sandbox:
            starter = starter or warm_start()
        on_step("Preparing the project")
        prepared = await (checkpoints or Checkpoints(Course.find())).at(task.chapter, starter)
        # The checkpoint is made once for all; the deadline is this answer's.
        async with asyncio.timeout(task.deadline + _CLOSE_SECONDS):
            box = await asyncio.to_thread(Box, prepared, files, sandbox or starter or warm_start())
            try:
                await hearing.hold(box, Chance(seed))
            finally:
                await asyncio.shield(box.close())
                hearing.starting = box.starting
    except TimeoutError:
        hearing.notes.append(f"The check has taken more than {task.deadline:g} s, and was ended.")
    except (LabError, OSError) as error:
        return hearing.verdict(Outcome.NOT_CHECKED, str(error))
    except Exception as error:  # of an answer that leaves what nobody has thought of, others are judged all the same
        return hearing.verdict(Outcome.NOT_CHECKED, f"The check itself failed: {type(error).__name__}: {error}"[:300])
    return hearing.verdict()


def _unacceptable(task: Task, files: dict[str, str]) -> tuple[Outcome, str, str] | None:
    """Why there is nothing to start: outcome, reason and details."""
    allowed = ", ".join(task.files)
    if not files:
        return Outcome.NOT_CHECKED, f"There is no file to check: an answer is {allowed}.", ""
    for path, text in files.items():
        try:
            inside = project_path(path)
        except LabError as error:
            return Outcome.NOT_CHECKED, error.message, ""
        if inside not in task.files:
            return Outcome.NOT_CHECKED, f"{path[:80]} is no file of this task, which changes {allowed} only.", ""
        if len(text) > _MOST_CHARACTERS:
            return Outcome.NOT_CHECKED, f"{path} has {len(text):,} characters; more than any answer needs.", ""
        try:
            check_syntax(path, text)
        except LabError as error:
            return Outcome.NOT_YET, error.message, error.details
    return None


@dataclass
class _Hearing:
    """One answer before the judge: what has been found so far."""

    task: Task
    on_step: OnStep
    brief: bool
    judged: dict[str, Judged] = field(default_factory=dict)
    first: Verdict | None = None  # what is told of the first failure
    notes: list[str] = field(default_factory=list)
    starting: float = 0
    began: float = field(default_factory=time.monotonic)

    async def hold(self, box: Box, chance: Chance) -> None:
        """See the behaviours, one after another, as long as the answer's server lives."""
        kind = trial_of(self.task.kind)
        deadline = time.monotonic() + self.task.deadline
        self.on_step("Starting your project")
        for behaviour in self.task.behaviours:
            if not await self._opened(kind, box, chance):
                return
            left = deadline - time.monotonic()
            if left <= 0 or not kind.lives(box):
                break
            self.on_step(behaviour.told)
            trial = kind(box, chance)
            if self.first:
                trial.patience = _LESS_PATIENCE
            await self._see(behaviour, trial, min(left, behaviour.deadline))
            if self.first and self.brief:
                return
        if max(box.printed.values(), default=0) >= MOST_BYTES:
            self.notes.append(f"It has printed {MOST_BYTES // 2**20} MiB; no more was kept.")
        if time.monotonic() >= deadline:
            self.notes.append(f"The check has taken more than {self.task.deadline:g} s: not all could be seen.")
        elif not kind.lives(box):
            self.notes.append("Your server has ended: not all could be seen.")

    async def _opened(self, kind: type[AnyTrial], box: Box, chance: Chance) -> bool:
        """Start what a behaviour needs; returns whether it could. That the answer does not start is its failure."""
        trial = kind(box, chance)
        try:
            await kind.open(box, self.task, chance)
        except LabError as error:
            process: Process | None = getattr(error, "process", None)
            if not (isinstance(error, Unmet) or process in box.processes or _names(error, box)):
                raise
            if not self.first:
                await self._fail(error, trial)
            return False
        return True

    async def _see(self, behaviour: Behaviour, trial: AnyTrial, seconds: float) -> None:
        error: BaseException | None = None
        try:
            async with asyncio.timeout(seconds) as bound:
                await behaviour.run(trial)
        except (LabError, AssertionError, httpx.HTTPError) as unmet:
            error = unmet
        except Exception as other:
            if not bound.expired():
                what = f"{type(other).__name__}: {other}"
                if behaviour.hidden:
                    self.judged[behaviour.name] = behaviour.judged(None, f"It failed by itself: {what}.")
                    raise LabError("One of your course's own checks failed by itself.") from other
                raise LabError(f"The check of “{behaviour.sentence}” failed by itself: {what}.") from other
            error = Unmet(f"This took more than {seconds:.0f} s, and was ended.")
        said = _said(error) if error else ""
        self.judged[behaviour.name] = behaviour.judged(error is None, said)
        if error and not self.first and behaviour.hidden:
            self.first = Verdict(self.task.number, Outcome.NOT_YET, reason=_OWN)
        elif error and not self.first:
            await trial.settle()
            await self._fail(error, trial)
        try:
            async with asyncio.timeout(_CLOSE_SECONDS):
                await trial.close()
        except TimeoutError:
            pass  # its processes are ended with the box

    async def _fail(self, error: BaseException, trial: AnyTrial) -> None:
        """Explain the first failure, while all that it is seen from is there."""
        told = await account(self.task, trial, error, _said(error))
        self.first = Verdict(
            self.task.number,
            Outcome.NOT_YET,
            (),
            told.reason,
            told.details,
            told.explanation,
            told.text,
            told.mermaid,
        )

    def verdict(self, outcome: Outcome | None = None, reason: str = "", details: str = "") -> Verdict:
        """The verdict on what has been found; or another outcome, with its reason."""
        judged = tuple(self.judged.get(one.name) or one.judged() for one in self.task.behaviours)
        passed = all(one.passed for one in judged)
        first = self.first or Verdict(self.task.number, Outcome.NOT_YET)
        return Verdict(
            self.task.number,
            outcome or (Outcome.PASSED if passed else Outcome.NOT_YET),
            judged,
            reason or first.reason or ("" if passed else " ".join(self.notes)),
            details or first.details,
            first.explanation,
            first.text,
            first.mermaid,
            tuple(self.notes),
            time.monotonic() - self.began,
            self.starting,
        )


def _names(error: LabError, box: Box) -> bool:
    """Whether an error is of the answer's own process: one that was not ready in time."""
    return any(error.message.startswith(f"{process.name} was not ready") for process in box.processes)


def _said(error: BaseException) -> str:
    return clean(error.message if isinstance(error, LabError) else str(error) or type(error).__name__)
