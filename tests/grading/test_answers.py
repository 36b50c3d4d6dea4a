"""Every task: right answers pass, whatever their kind, and each wrong one is told its own mistake."""

import asyncio
import os
import random
from collections import defaultdict
from collections.abc import Awaitable, Callable

import pytest

from channels_lab.grading.judge import judge
from channels_lab.grading.task import find_task, tasks
from channels_lab.grading.tree import Checkpoints
from channels_lab.grading.verdict import Outcome, Verdict
from channels_lab.running.warmstart import WarmStart

from .answers import FOLDER, Written, models, stub, written_answers

ANSWERS = [*models(), *written_answers()]
# Another order in each run; the same for all workers of one.
random.Random(os.environ.get("PYTEST_XDIST_TESTRUNUID", os.getpid())).shuffle(ANSWERS)
# Judged side by side, as of several learners: a check mostly waits.
AT_ONCE = 3

Judge = Callable[..., Awaitable[list[Verdict]]]


@pytest.fixture
def judged(checkpoints: Checkpoints, keeper: WarmStart) -> Judge:
    """Judges answers to a task, a few at once."""

    async def judged(
        number: str, answers: list[dict[str, str]], *, brief: bool = False, at_once: bool = True
    ) -> list[Verdict]:
        task = find_task(number)
        turn = asyncio.Semaphore(AT_ONCE if at_once and not task.alone else 1)

        async def one(files: dict[str, str]) -> Verdict:
            async with turn:
                return await judge(task, files, brief=brief, checkpoints=checkpoints, starter=keeper)

        return await asyncio.gather(*map(one, answers))

    return judged


def told(verdict: Verdict) -> str:
    """What a learner is told first, as one line."""
    explanation = verdict.explanation
    parts = [verdict.reason, verdict.details]
    parts += [explanation.rule, explanation.see, explanation.why, explanation.change] if explanation else []
    return " ".join(" ".join(parts).split())


def answers_to(number: str, request: pytest.FixtureRequest, *, right: bool) -> list[Written]:
    """The right or the wrong answers to a task; with --case WORD only those with this word in their name."""
    word = request.config.getoption("--case")
    return [one for one in ANSWERS if one.number == number and one.right is right and word in one.name]


async def faults_of(
    answers: list[Written], judged: Judge, fault: Callable[[Written, Verdict], str], *, brief: bool = False
) -> list[str]:
    """What is at fault with the verdicts on answers to a task, of those that are judged twice and at fault twice.

    A check waits as long as a learner's machine needs; one that runs all tests at once is slower, now and then.
    """
    faults: list[str] = []
    for at_once in (True, False):
        number = answers[0].number if answers else ""
        verdicts = await judged(number, [one.files for one in answers], brief=brief, at_once=at_once) if answers else []
        said = [fault(answer, verdict) for answer, verdict in zip(answers, verdicts, strict=True)]
        answers = [answer for answer, one in zip(answers, said, strict=True) if one]
        faults = [one for one in said if one]
    return faults


@pytest.mark.parametrize("number", list(tasks()))
async def test_right_answers_pass(number: str, judged: Judge, request: pytest.FixtureRequest) -> None:
    """The model answer and every other right one pass all that is visible, however they are written."""

    def fault(answer: Written, verdict: Verdict) -> str:
        if verdict.outcome is Outcome.PASSED and verdict.points == verdict.of:
            return ""
        return f"{answer}: {verdict.outcome}: {told(verdict)}\n{verdict.text}"

    faults = await faults_of(answers_to(number, request, right=True), judged, fault)
    assert not faults, "\n\n".join(faults)


@pytest.mark.parametrize("number", list(tasks()))
async def test_wrong_answers_are_told_their_mistakes(
    number: str, judged: Judge, request: pytest.FixtureRequest
) -> None:
    """A wrong answer does not pass, and is told its own mistake, and none of the task's other ones."""
    known = {one.earns for one in ANSWERS if one.number == number} - {""}

    def fault(answer: Written, verdict: Verdict) -> str:
        said = told(verdict)
        if verdict.outcome is not Outcome.NOT_YET:
            return f"{answer}: {verdict.outcome}: {said}"
        if answer.earns not in said:
            return f"{answer} is not told {answer.earns!r}:\n{said}\n{verdict.text}"
        foreign = [words for words in known - {answer.earns} if words in said]
        return f"{answer} is told another's {foreign}:\n{said}" if foreign else ""

    faults = await faults_of(answers_to(number, request, right=False), judged, fault, brief=True)
    assert not faults, "\n\n".join(faults)


@pytest.mark.parametrize("number", list(tasks()))
async def test_a_stub_is_not_attempted(number: str, judged: Judge) -> None:
    """The task as it is given is not attempted; were it judged, it would not pass."""
    given = stub(number)
    assert not given.attempted
    (verdict,) = await judged(number, [given.files], brief=True)
    assert verdict.outcome is Outcome.NOT_YET


@pytest.mark.parametrize("number", list(tasks()))
def test_a_task_has_answers(number: str) -> None:
    """A task has at least two right answers, the model among them, and three wrong ones, each with words of its own."""
    mine = [answer for answer in ANSWERS if answer.number == number]
    right, wrong = [one for one in mine if one.right], [one for one in mine if not one.right]
    assert len(right) >= 2 and len(wrong) >= 3
    earned: defaultdict[str, list[str]] = defaultdict(list)
    for one in wrong:
        earned[one.earns].append(one.name)
    assert "" not in earned and all(len(names) == 1 for names in earned.values()), dict(earned)


def test_every_answer_is_of_a_task() -> None:
    """No answer lies in a folder that is none of a task's."""
    folders = {f"{folder.parent.name}/{folder.name}" for folder in FOLDER.glob("*/*") if folder.is_dir()}
    assert folders <= {f"{number.partition('.')[0]}/{number}" for number in tasks()}
