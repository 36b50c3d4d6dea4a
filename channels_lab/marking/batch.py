"""A run over many submissions: a result for each as soon as it is known, no two, and none that stops the others."""

from collections import deque
from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, CancelledError, Future, wait
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace

from channels_lab.errors import LabError
from channels_lab.grading.task import find_task
from channels_lab.grading.verdict import Outcome, Verdict
from channels_lab.marking.crew import PER_CORE, cores
from channels_lab.marking.job import Job, NotJudged, version_of
from channels_lab.marking.places import Places, cluster, here
from channels_lab.marking.results import Result, Results
from channels_lab.marking.submissions import Submission, Submitted

__all__ = ["Batch"]

# How often a submission is tried whose worker has died.
_TRIES = 3
# Beyond its tasks' deadlines: the sandbox, a checkpoint that is not prepared yet, a busy machine.
_SECONDS_BESIDE = 90
_CLOSE_SECONDS = 10


class Batch:
    """Judges submissions, unless their result is there already and they are as they were then.

    With `trust` there is no sandbox. `jobs` are judged at once, or some for each of this machine's cores; with a
    `scheduler`'s address, as many as its cluster's workers have threads. `run` raises LabError where none can be
    judged, or nothing can be written.
    """

    def __init__(
        self, submitted: Submitted, results: Results, *, trust: bool = False, jobs: int = 0, scheduler: str = ""
    ) -> None:
        self.submitted = submitted
        self.results = results
        self.trust = trust
        self.jobs = jobs or PER_CORE * cores()
        self.scheduler = scheduler
        self.waiting = [one for one in submitted.submissions if not self._is_done(one)]
        self._version = version_of(submitted.course.root)
        self._works = False  # whether any has been judged

    def run(self, on_result: Callable[[Result], None] = lambda result: None) -> None:
        """Judge all that waits; `on_result` is told of each. Interrupted, it ends its workers and keeps the results."""
        if not self.waiting:
            return
        waiting = deque(self.waiting)
        with self._places() as there:
            running: dict[Future[list[Verdict]], _Attempt] = {}
            while waiting or running:
                # A few more than are judged at once, so that no worker waits for us; the rest is not read yet.
                while waiting and len(running) < 2 * max(1, there.count()):
                    attempt = self._read(waiting.popleft())
                    if attempt.job.answers:
                        running[there.submit(attempt.job)] = attempt
                    else:
                        self._finish(attempt, [], on_result)
                for future in _some(running):
                    attempt = running.pop(future)
                    verdicts = self._verdicts(future, attempt)
                    if verdicts is None:
                        again = replace(attempt, job=replace(attempt.job, apart=True), tries=attempt.tries + 1)
                        running[there.submit(again.job)] = again
                    else:
                        self._finish(attempt, verdicts, on_result)

    def _is_done(self, submission: Submission) -> bool:
        result = self.results.by_key.get(submission.key)
        if not result or result.digest != submission.digest:
            return False
        # What could not be judged is tried again.
        return all(one.outcome is not Outcome.NOT_CHECKED for one in result.verdicts)

    def _places(self) -> AbstractContextManager[Places]:
        course = self.submitted.course
        if self.scheduler:
            return cluster(self.scheduler, course.root, self._version)
        # Looked for when workers are on their way: it takes the tasks' modules.
        chapters = (find_task(number).chapter for one in self.waiting for number in self.submitted.of(one))
        return here(course, chapters, min(self.jobs, len(self.waiting)), trust=self.trust)

    def _read(self, submission: Submission) -> "_Attempt":
        """What is to be judged of a submission, and the verdicts on what is not."""
        answers, without = self.submitted.answers(submission)
        known = {number: _without_answer(number, Outcome.NOT_ATTEMPTED, reason) for number, reason in without.items()}
        for number, answer in answers.items():
            if not answer.attempted:
                reason = "The task's cells are as they were given."
                known[number] = _without_answer(number, Outcome.NOT_ATTEMPTED, reason, answer.notes)
        tried = tuple(answer for answer in answers.values() if answer.attempted)
        seconds = _SECONDS_BESIDE + sum(find_task(answer.number).deadline + _CLOSE_SECONDS for answer in tried)
        job = Job(submission.key, tried, self.submitted.course.root, self._version, self.trust, seconds)
        return _Attempt(submission, job, known)

    def _verdicts(self, future: "Future[list[Verdict]]", attempt: "_Attempt") -> list[Verdict] | None:
        """The verdicts that have come, or that there can be none; None where it should be tried again."""
        try:
            verdicts = future.result()
            self._works = True
            return verdicts
        except CancelledError:  # not by us
            raise LabError("The workers are gone.", "See to them, and go on with  --resume .") from None
        except Exception as error:
            # Where not even one has been judged, the fault is none of a submission's.
            if isinstance(error, LabError) and not isinstance(error, NotJudged) and not self._works:
                raise
            if attempt.tries < _TRIES:
                return None
            why = error.message if isinstance(error, LabError) else f"{type(error).__name__}: {error}"
            reason = f"Tried {attempt.tries} times, and not judged. {why}"
            return [_without_answer(one.number, Outcome.NOT_CHECKED, reason, one.notes) for one in attempt.job.answers]

    def _finish(self, attempt: "_Attempt", verdicts: list[Verdict], on_result: Callable[[Result], None]) -> None:
        found = attempt.known | {verdict.number: verdict for verdict in verdicts}
        submission = attempt.submission
        result = Result(submission.key, submission.digest, tuple(found[one] for one in self.submitted.of(submission)))
        self.results.add(result)
        on_result(result)


@dataclass(frozen=True)
class _Attempt:
    """A submission that is being judged: what goes to a worker, and the verdicts that are `known` without one."""

    submission: Submission
    job: Job
    known: dict[str, Verdict]
    tries: int = 1


def _without_answer(number: str, outcome: Outcome, reason: str, notes: tuple[str, ...] = ()) -> Verdict:
    """The verdict where there is nothing to judge."""
    return Verdict(number, outcome, find_task(number).unjudged(), reason, notes=notes)


def _some(running: "dict[Future[list[Verdict]], _Attempt]") -> "set[Future[list[Verdict]]]":
    """Those that are judged, at least one; raises LabError where nothing comes any more."""
    if not running:
        return set()
    seconds = 2 * max(attempt.job.seconds for attempt in running.values())
    done, _ = wait(running, seconds, FIRST_COMPLETED)
    if not done:
        raise LabError(
            f"Nothing has been judged for {seconds:.0f} s.", "Look at the workers, and go on with  --resume ."
        )
    return done
