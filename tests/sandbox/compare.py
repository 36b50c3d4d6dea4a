"""Judging answers in a sandbox and without: whether the verdicts are the same. `python -m tests.sandbox.compare WORD…`.

All right answers whose name has one of the words, and of the wrong ones each task's first two; with --all, all.
"""

import asyncio
import shutil
import sys
import tempfile
from collections import Counter
from pathlib import Path

from channels_lab.course.course import Course
from channels_lab.grading.judge import judge
from channels_lab.grading.task import find_task
from channels_lab.grading.tree import Checkpoints
from channels_lab.grading.verdict import Verdict
from tests.grading.answers import Written, models, written_answers
from tests.sandbox.grader import ROOT, Grader

__all__ = ["differences"]

_WRONG = 2


def differences(confined: Verdict, plain: Verdict) -> str:
    """What a sandbox has changed: in points, outcome and what is told; "" for nothing."""
    told = []
    for one, other in zip(confined.judged, plain.judged, strict=True):
        if one.points != other.points:
            told.append(f"{one.name}: {one.points} of {one.of} in the sandbox, {other.points} without: {one.said}")
    if confined.outcome is not plain.outcome:
        told.append(f"{confined.outcome} in the sandbox ({confined.reason}), {plain.outcome} without ({plain.reason})")
    rules = [one.explanation and one.explanation.rule for one in (confined, plain)]
    if rules[0] != rules[1]:
        told.append(f"explained by {rules[0]} in the sandbox, by {rules[1]} without")
    return "\n".join(told)


def _answers(words: list[str]) -> list[Written]:
    whole, seen, found = "--all" in words, Counter[str](), []
    words = [word for word in words if word != "--all"]
    for one in models() + written_answers():
        if words and not any(word in str(one) for word in words):
            continue
        seen[one.number] += not one.right
        if one.right or whole or seen[one.number] <= _WRONG:
            found.append(one)
    return found


def main() -> None:
    """Print a line for each answer, and what differs."""
    folder = Path(tempfile.mkdtemp(prefix="checkpoints-"))
    grader, checkpoints = Grader(ordinary=False, chapters=()), Checkpoints(Course(ROOT), folder)
    different = 0
    try:
        for answer in _answers(sys.argv[1:]):
            graded = grader.judge(answer.number, answer.files, seed=7)
            plain = asyncio.run(judge(find_task(answer.number), answer.files, seed=7, checkpoints=checkpoints))
            said = differences(graded.verdict, plain)
            different += bool(said)
            wrong = "" if (plain.outcome == "passed") is answer.right else " (the plain verdict is wrong)"
            times = f"{graded.seconds:.1f} s in the sandbox, {plain.seconds:.1f} s without"
            print(
                f"{answer}: {times}{wrong}{'' if graded.fit else ', unfit'}",
                said or "the same",
                sep="\n    ",
                flush=True,
            )
    finally:
        grader.close()
        shutil.rmtree(folder)
    print(f"{different} differ.")


if __name__ == "__main__":
    main()
