"""Look at what a learner is told: `python -m tests.grading.look 06.2 wrong_only_comes` (or `model`, `stub`, a file)."""

import asyncio
import sys
import tempfile
from pathlib import Path

from channels_lab.course.course import Course
from channels_lab.grading.judge import judge
from channels_lab.grading.task import find_task
from channels_lab.grading.tree import Checkpoints
from channels_lab.grading.verdict import Verdict
from channels_lab.running.warmstart import warm_start
from tests.conftest import ROOT

from .answers import models, stub, written_answers

__all__ = ["look"]


def files_of(number: str, name: str) -> dict[str, str]:
    """The files of an answer: of tests/answers, the model, the stub, or one file of one's own."""
    if name == "stub":
        return stub(number).files
    if Path(name).is_file():
        return {find_task(number).files[0]: Path(name).read_text(encoding="utf-8")}
    return next(one.files for one in models() + written_answers() if one.number == number and name in one.name)


async def look(number: str, name: str) -> Verdict:
    """Judge an answer, and print its verdict."""
    files = files_of(number, name)
    warm_start().wait_until_warm()
    with tempfile.TemporaryDirectory() as folder:
        verdict = await judge(find_task(number), files, checkpoints=Checkpoints(Course(ROOT), Path(folder)))
    print(f"{verdict.outcome}: {verdict.points} of {verdict.of}, {verdict.seconds:.2f} s", *verdict.notes, sep="\n")
    for judged in verdict.judged:
        sign = {True: "✓", False: "✗", None: "·"}[judged.passed]
        print(f"{sign} {judged.points}/{judged.of} {judged.sentence} {judged.said}")
    for part in (verdict.reason, verdict.details, verdict.explanation, verdict.text):
        if part:
            print(f"\n{part}")
    return verdict


if __name__ == "__main__":
    asyncio.run(look(sys.argv[1], sys.argv[2]))
