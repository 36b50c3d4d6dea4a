"""Answers in `tests/answers/`: right ones, and wrong ones with the words that each must earn."""

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from channels_lab.course.answer import Answer, answer_in, model_of
from channels_lab.course.course import Course
from channels_lab.course.exercise import Exercise, exercise, exercises, read_exercises
from channels_lab.grading.task import tasks
from tests.conftest import ROOT

__all__ = ["FOLDER", "Written", "models", "stub", "written_answers"]

FOLDER = Path(__file__).resolve().parent.parent / "answers"
_FILE = re.compile(r"^# file: (\S+)\n", re.MULTILINE)
_EARNS = re.compile(r"# earns: (.+)\n")
_CHANGE = re.compile(r"^# instead of:\n(.+?)^# stands:\n(.*?)(?=^# instead of:\n|\Z)", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Written:
    """An answer: its task, its name ("right_two_groups"), its files, and the words that it must earn ("": none)."""

    number: str
    name: str
    files: dict[str, str]
    earns: str = ""

    @property
    def right(self) -> bool:
        """Whether it must pass."""
        return self.name == "model" or self.name.startswith("right_")

    def __str__(self) -> str:
        return f"{self.number}/{self.name}"


def read(number: str, file: Path, main: str, model: dict[str, str]) -> Written:
    """Read an answer from a file: several files in it stand each after a line `# file: PATH`.

    Or it tells how it differs from the model answer: what stands after `# stands:` in place of what stands after
    `# instead of:`, which is there exactly once; as often as need be.
    """
    text = file.read_text(encoding="utf-8")
    earns = _EARNS.match(text)
    text = text[earns.end() :] if earns else text
    if changes := _CHANGE.findall(text):
        files = changed(model, changes, file)
    else:
        first, *rest = _FILE.split(text)
        files = dict(zip(rest[::2], rest[1::2], strict=True)) or {main: first}
    return Written(number, file.stem, files, earns[1].strip() if earns else "")


def changed(model: dict[str, str], changes: list[tuple[str, str]], file: Path) -> dict[str, str]:
    """The model answer with changes, each an old text and a new one."""
    files = dict(model)
    for old, new in changes:
        places = [path for path, text in files.items() for _ in range(text.count(old))]
        assert len(places) == 1, f"{file} changes what is in the model answer {len(places)} times:\n{old}"
        files[places[0]] = files[places[0]].replace(old, new)
    return files


@cache
def written_answers() -> tuple[Written, ...]:
    """All of them."""
    by_task = {model.number: model.files for model in models()}
    return tuple(
        read(number, file, task.files[0], by_task[number])
        for number, task in tasks().items()
        for file in sorted((FOLDER / number.partition(".")[0] / number).glob("*.py"))
    )


@cache
def models() -> tuple[Written, ...]:
    """The model answers, in `solutions/`."""
    course = Course(ROOT)
    return tuple(Written(number, "model", _model(course, one).files) for number, one in exercises(course).items())


def stub(number: str) -> Answer:
    """What a learner who has touched nothing hands in."""
    course = Course(ROOT)
    given = exercise(course, number)
    return answer_in(given, given.notebook, lambda: course.after(course.chapter(given.chapter)))


def _model(course: Course, given: Exercise) -> Answer:
    folder = course.root / "solutions" / given.notebook.parent.name
    source = read_exercises(folder / given.notebook.name)[given.number]
    return model_of(given, source, lambda: course.after(course.chapter(given.chapter)))
