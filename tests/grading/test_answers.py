"""Every task: right answers pass, whatever their kind, and each wrong one is told its own mistake."""

import os
import random
from collections import defaultdict

import pytest

from channels_lab.grading.judge import judge
from channels_lab.grading.task import find_task, tasks
from channels_lab.grading.tree import Checkpoints
from channels_lab.grading.verdict import Outcome, Verdict
from channels_lab.running.warmstart import WarmStart

from .answers import FOLDER, Written, models, stub, written_answers

ANSWERS = models() + written_answers()
# Another order in each run; the same for all workers of one.
random.Random(os.environ.get("PYTEST_XDIST_TESTRUNUID", os.getpid())).shuffle(ANSWERS)


def told(verdict: Verdict) -> str:
    """What a learner is told first, as one line."""
    explanation = verdict.explanation
    parts = [verdict.reason, verdict.details]
    parts += [explanation.rule, explanation.see, explanation.why, explanation.change] if explanation else []
    return " ".join(" ".join(parts).split())


@pytest.mark.parametrize("answer", [answer for answer in ANSWERS if answer.right], ids=str)
async def test_a_right_answer_passes(answer: Written, checkpoints: Checkpoints, keeper: WarmStart) -> None:
    """A right answer passes all that is visible, however it is written."""
    verdict = await judge(find_task(answer.number), answer.files, checkpoints=checkpoints, starter=keeper)
    assert verdict.outcome is Outcome.PASSED, f"{told(verdict)}\n{verdict.text}"
    assert verdict.points == verdict.of


@pytest.mark.parametrize("answer", [answer for answer in ANSWERS if not answer.right], ids=str)
async def test_a_wrong_answer_is_told_its_mistake(answer: Written, checkpoints: Checkpoints, keeper: WarmStart) -> None:
    """A wrong answer does not pass, and is told its own mistake, and none of the task's other ones."""
    verdict = await judge(find_task(answer.number), answer.files, brief=True, checkpoints=checkpoints, starter=keeper)
    assert verdict.outcome is Outcome.NOT_YET, told(verdict)
    others = [one.earns for one in ANSWERS if one.number == answer.number and one.earns not in ("", answer.earns)]
    assert answer.earns in told(verdict), f"{told(verdict)}\n{verdict.text}"
    assert not [words for words in others if words in told(verdict)]


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


@pytest.mark.parametrize("number", list(tasks()))
async def test_a_stub_is_not_attempted(number: str, checkpoints: Checkpoints, keeper: WarmStart) -> None:
    """The task as it is given is not attempted; were it judged, it would not pass."""
    given = stub(number)
    assert not given.attempted
    verdict = await judge(find_task(number), given.files, brief=True, checkpoints=checkpoints, starter=keeper)
    assert verdict.outcome is Outcome.NOT_YET


def test_every_answer_is_of_a_task() -> None:
    """No answer lies in a folder that is none of a task's."""
    folders = {f"{folder.parent.name}/{folder.name}" for folder in FOLDER.glob("*/*") if folder.is_dir()}
    assert folders <= {f"{number.partition('.')[0]}/{number}" for number in tasks()}
