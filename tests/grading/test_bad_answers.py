"""Answers that are broken, hostile or mad: each gets a clear outcome, soon, and nothing is left of it."""

import time
from collections.abc import Awaitable, Callable

import pytest

from channels_lab.grading import box
from channels_lab.grading.judge import judge
from channels_lab.grading.task import find_task
from channels_lab.grading.tree import Checkpoints
from channels_lab.grading.verdict import Outcome, Verdict
from channels_lab.running.warmstart import WarmStart
from tests.patience import within

from .answers import FOLDER

RIGHT = (FOLDER / "06/06.1/right_value_first.py").read_text()
RECEIVE = "    def receive(self, text_data=None, bytes_data=None):\n"
Judge = Callable[..., Awaitable[Verdict]]


@pytest.fixture
def judged(checkpoints: Checkpoints, keeper: WarmStart) -> Judge:
    """Judges a text as an answer to task 06.1."""

    async def judged(text: str, **options: bool) -> Verdict:
        files = {"chat/consumers.py": text}
        return await judge(find_task("06.1"), files, checkpoints=checkpoints, starter=keeper, **options)

    return judged


def receiving(*lines: str) -> str:
    """The right answer with these lines at the beginning of `receive`."""
    assert RECEIVE in RIGHT
    return RIGHT.replace(RECEIVE, RECEIVE + "".join(f"        {line}\n" for line in lines))


async def test_a_file_that_is_no_python(judged: Judge) -> None:
    """Of a syntax error the learner's line is told, and no server is started."""
    verdict = await judged("import json\n\ndef receive(self:\n    pass\n")
    assert verdict.outcome is Outcome.NOT_YET
    assert verdict.reason == "chat/consumers.py, line 3: '(' was never closed."
    assert verdict.details.splitlines()[0].strip() == "def receive(self:"
    assert [one.passed for one in verdict.judged] == [None, None, None]
    assert verdict.starting == 0


@pytest.mark.parametrize(
    "files, reason",
    [
        ({"chat/views.py": "", "chat/consumers.py": ""}, "chat/views.py is no file of this task"),
        ({"../chat/consumers.py": ""}, "leads out of the project"),
        ({"/etc/passwd": ""}, "is not a path inside the project"),
        ({}, "There is no file to check"),
        ({"chat/consumers.py": "#" * 200_001}, "200,001 characters"),
    ],
)
async def test_files_that_are_not_an_answer(
    files: dict[str, str], reason: str, checkpoints: Checkpoints, keeper: WarmStart
) -> None:
    """Files that the task does not let one change, none at all, or a huge one, cannot be checked; it is said why."""
    verdict = await judge(find_task("06.1"), files, checkpoints=checkpoints, starter=keeper)
    assert verdict.outcome is Outcome.NOT_CHECKED
    assert reason in verdict.reason


async def test_a_name_that_is_missing(judged: Judge) -> None:
    """Where the project cannot be imported, the learner's line and what is wrong are told."""
    verdict = await judged("import channels_generic\n" + RIGHT)
    assert verdict.outcome is Outcome.NOT_YET
    assert "could not start" in verdict.reason or "ended with status 1 before it was ready" in verdict.reason
    assert "chat/consumers.py, line 1" in verdict.details
    assert verdict.explanation and "channels_generic" in verdict.explanation.see


@pytest.mark.parametrize("line", ["while True: pass", "import time; time.sleep(999)"])
async def test_an_import_that_does_not_return(line: str, judged: Judge, monkeypatch: pytest.MonkeyPatch) -> None:
    """An import that never ends is ended, and it is said where to look."""
    monkeypatch.setattr(box, "_READY_SECONDS", 1.5)
    began = time.monotonic()
    verdict = await judged(f"{line}\n{RIGHT}")
    assert verdict.outcome is Outcome.NOT_YET
    assert "was not ready after 1.5 s" in verdict.reason
    assert time.monotonic() - began < within(6)


@pytest.mark.parametrize("line", ["import os; os._exit(0)", "raise SystemExit", "import sys; sys.exit('bye')"])
async def test_a_process_that_leaves_at_import(line: str, judged: Judge) -> None:
    """A process that leaves at import does not pass, and its end is told."""
    verdict = await judged(f"{line}\n{RIGHT}")
    assert verdict.outcome is Outcome.NOT_YET
    assert "before it was ready" in verdict.reason
    assert verdict.points == 0


async def test_a_process_that_leaves_in_the_middle(judged: Judge) -> None:
    """A server that ends itself is told, and what could not be seen is not counted as wrong or right."""
    verdict = await judged(receiving("import os", "os._exit(1)"))
    assert verdict.outcome is Outcome.NOT_YET
    assert [one.passed for one in verdict.judged] == [False, None, None]
    assert "Your server has ended" in " ".join(verdict.notes)


async def test_a_consumer_that_never_answers(judged: Judge) -> None:
    """A consumer that neither accepts nor refuses is explained, and the check ends."""
    verdict = await judged(RIGHT.replace("        self.accept()\n", ""), brief=True)
    assert verdict.outcome is Outcome.NOT_YET
    assert "no answer came within" in verdict.reason
    assert verdict.explanation and "accept()" in verdict.explanation.change


@pytest.mark.parametrize("lines", [["while True:", "    pass"], ["import time", "time.sleep(999)"]])
async def test_a_receive_that_does_not_return(lines: list[str], judged: Judge) -> None:
    """A loop or a sleep in `receive` ends neither the check nor the verdict."""
    began = time.monotonic()
    verdict = await judged(receiving(*lines), brief=True)
    assert verdict.outcome is Outcome.NOT_YET
    assert "nothing came for 2 s" in verdict.reason
    assert time.monotonic() - began < within(9)


async def test_a_megabyte_of_output(judged: Judge) -> None:
    """Megabytes that an answer prints, sends and raises make neither the check slow nor the verdict long."""
    flood = receiving("print('x' * 1_000_000)", "import sys", "sys.stderr.write('y' * 1_000_000)")
    verdict = await judged(flood)
    assert verdict.outcome is Outcome.PASSED
    verdict = await judged(receiving("self.send('z' * 900_000)"), brief=True)
    assert verdict.outcome is Outcome.NOT_YET
    assert len(verdict.to_json()) < 20_000
    verdict = await judged(receiving("raise ValueError('w' * 1_000_000)"), brief=True)
    assert verdict.outcome is Outcome.NOT_YET
    assert len(verdict.to_json()) < 20_000


async def test_a_megabyte_at_the_start(judged: Judge) -> None:
    """What is printed and raised at the start is told in bounded lines, without what steers a terminal."""
    verdict = await judged("print('x' * 1_000_000)\nraise ValueError('\x1b[31m' + 'w' * 1_000_000)\n" + RIGHT)
    assert verdict.outcome is Outcome.NOT_YET
    assert len(verdict.to_json()) < 20_000
    assert "ValueError: \N{REPLACEMENT CHARACTER}[31mwww" in verdict.details


async def test_a_flood_without_end(judged: Judge) -> None:
    """Output without end stops at a bound and does not fill the disk; messages without end do not end the check."""
    verdict = await judged(receiving("while True:", "    print('x' * 1_000_000)"), brief=True)
    assert verdict.outcome is Outcome.NOT_YET
    verdict = await judged(receiving("while True:", "    self.send('x')"), brief=True)
    assert verdict.outcome is Outcome.NOT_YET
    assert len(verdict.to_json()) < 60_000


async def test_nothing_of_the_surroundings_is_seen(judged: Judge, monkeypatch: pytest.MonkeyPatch) -> None:
    """An answer's server has its own environment: what a notebook has set neither helps nor harms it."""
    monkeypatch.setenv("REDIS_URL", "redis://127.0.0.1:1")
    monkeypatch.setenv("DJANGO_DEBUG", "off")
    monkeypatch.setenv("MY_SECRET", "word")
    verdict = await judged(f"import os\nassert 'MY_SECRET' not in os.environ\n{RIGHT}")
    assert verdict.outcome is Outcome.PASSED, verdict.reason
