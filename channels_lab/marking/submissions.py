"""Submissions: whose and which chapter's each notebook is, and what is answered in it; read, and never run."""

import hashlib
import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, tzinfo
from pathlib import Path, PurePosixPath

from channels_lab.course.answer import Answer, answer_in
from channels_lab.course.course import Course, read_notebook
from channels_lab.course.exercise import Exercise, exercises, parse_task_cell
from channels_lab.course.replay import Replay
from channels_lab.errors import LabError
from channels_lab.grading.own_tasks import fingerprint
from channels_lab.grading.task import find_task, is_known
from channels_lab.marking.found import MOST_BYTES, Found, Rejected, find_notebooks
from channels_lab.marking.handed_in import HandedIn
from channels_lab.marking.platforms import platform_student

__all__ = ["Submission", "Submitted", "latest"]

_BETWEEN = "_.@+ ,'’()-"
_MOST_NAME = 100
_CHAPTER = re.compile(r"(\d\d)_\w+")


@dataclass(frozen=True)
class Submission:
    """A student's notebook of a chapter's exercises; `key` names it, and `digest` is of what it holds.

    `note` says what is odd about where it lies ("": nothing).
    """

    student: str
    chapter: str
    notebook: Path
    digest: str
    handed_in: HandedIn = field(default_factory=HandedIn)
    note: str = ""

    @property
    def key(self) -> str:
        """Its name among all."""
        return f"{self.student}/{self.chapter}"


def latest(attempts: Sequence[Submission]) -> Submission:
    """The one that counts, of attempts in the order of their times: the last."""
    return attempts[-1]


class Submitted:
    """All that lies in a place: `submissions`, of which no two have one key, and what was `rejected`.

    Where a student has handed in a chapter more than once, `choose` says which counts; `attempts` has all of them, by
    key, in the order of their times. A zip is unpacked into `beside`; its times are those of
    `zone`. Raises LabError where there is nothing.
    """

    def __init__(
        self,
        course: Course,
        place: Path,
        beside: Path,
        *,
        zone: tzinfo = UTC,
        choose: Callable[[Sequence[Submission]], Submission] = latest,
    ) -> None:
        self.course = course
        self.rejected: list[Rejected] = []
        self.attempts: dict[str, list[Submission]] = {}
        self._tasks = exercises(course)
        if missing := [number for number in self._tasks if not is_known(number)]:
            raise LabError(
                f"exercises/ has a task {missing[0]}, and its checks are not here.",
                "Where they are your own, name their folder:  --tasks DIR .",
            )
        self._own = fingerprint().encode()  # by other checks a notebook is judged anew
        names: dict[Path, str] = {}
        for found in find_notebooks(place, beside, zone):
            if isinstance(found, Rejected):
                self.rejected.append(Rejected(found.name, found.reason, *_whose(found.name)))
                continue
            try:
                one = self._read(found)
            except LabError as error:
                self.rejected.append(Rejected(found.name, error.message, *_whose(found.name)))
                continue
            names[one.notebook] = found.name
            self.attempts.setdefault(one.key, []).append(one)
        self.submissions = []
        for _, attempts in sorted(self.attempts.items()):
            attempts.sort(key=lambda one: (one.handed_in.at or datetime.min.replace(tzinfo=UTC), one.digest))
            counts = choose(attempts)
            self.submissions.append(counts)
            which = f"submitted chapter {counts.chapter} {_times(len(attempts))}; that of {_when(counts)} counts."
            for one in attempts:
                if one is not counts:
                    told = f"{one.student} has {which}"
                    self.rejected.append(Rejected(names[one.notebook], told, one.student, one.chapter))
        if not self.submissions and not self.rejected:
            raise LabError(
                f"There is no notebook in {place}.",
                "Name nbgrader's  submitted/  (STUDENT/CHAPTER/CHAPTER.ipynb), a folder of notebooks, or a zip of one.",
            )

    def answers(self, submission: Submission) -> tuple[dict[str, Answer], dict[str, str]]:
        """The answers to all tasks of its chapter, by number, and why there is none to the others."""
        given: dict[str, Answer] = {}
        without: dict[str, str] = {}
        for number, task in self.of(submission).items():
            try:
                answer = answer_in(task, submission.notebook, self._checkpoint(task))
                given[number] = replace(answer, notes=(*answer.notes, *_about_check(submission.notebook, number)))
            except LabError as error:
                without[number] = error.message
        return given, without

    def of(self, submission: Submission) -> dict[str, Exercise]:
        """The tasks of its chapter, as they were given out."""
        return {number: task for number, task in self._tasks.items() if task.chapter == submission.chapter}

    def _checkpoint(self, task: Exercise) -> Callable[[], Replay]:
        return lambda: self.course.after(self.course.chapter(find_task(task.number).chapter))

    def _read(self, found: Found) -> Submission:
        student, path = _student(found.name), found.path
        size = path.stat().st_size
        if size > MOST_BYTES:
            raise LabError(f"It has {size / 2**20:.0f} MiB; a notebook of exercises has less than {MOST_BYTES >> 20}.")
        chapters = set()
        for cell in read_notebook(path)["cells"]:
            try:
                if cell["cell_type"] == "code" and (task := parse_task_cell(cell["source"])):
                    chapters.add(task.task[:2])
            except LabError:
                continue  # told where its task is judged
        chapters &= {task.chapter for task in self._tasks.values()}
        if len(chapters) != 1:
            told = f"tasks of the chapters {', '.join(sorted(chapters))}" if chapters else "no tasks of this course"
            raise LabError(f"There are {told} in it.")
        digest = hashlib.sha256(path.read_bytes() + self._own).hexdigest()
        chapter = chapters.pop()
        others = sorted(set(_named(found.name)) - {chapter})
        note = f"Its place says chapter {others[0]}; its tasks are of {chapter}." if others else ""
        return Submission(student, chapter, path, digest, found.handed_in, note)


def _student(name: str) -> str:
    """Whose a notebook is: as a platform names it, else the folder above its chapter's, or the file's own name.

    In a folder of its own a notebook may have kept the name that it was given out by: then it is the folder's.
    """
    parts, stem = PurePosixPath(name).parts, PurePosixPath(name).stem
    own = parts[-2] if len(parts) == 2 and _CHAPTER.fullmatch(stem) else stem
    student = platform_student(name) or (parts[-3] if len(parts) >= 3 else own)
    student = unicodedata.normalize("NFC", student)  # Macs write ë in two signs
    # Many a script has signs on its letters that no "word" of a regular expression holds.
    said = all(sign.isalnum() or sign in _BETWEEN or unicodedata.category(sign)[0] == "M" for sign in student)
    if not said or not student[:1].isalnum() or len(student) > _MOST_NAME:
        raise LabError(f"{student[:80]!r} is no name of a student: letters, digits, and . , @ + - ' ( ) between them.")
    return student


def _whose(name: str) -> tuple[str, str]:
    """Student and chapter as far as a path tells them; "" where it does not."""
    try:
        student = _student(name)
    except LabError:
        return "", ""
    return student, next(iter(_named(name)), "")


def _named(name: str) -> list[str]:
    """The chapters that a notebook's own name and its folder's tell."""
    return [match[1] for part in reversed(PurePosixPath(name).parts[-2:]) if (match := _CHAPTER.match(part))]


def _times(count: int) -> str:
    return "twice" if count == 2 else f"{count} times"


def _when(one: Submission) -> str:
    return f"{one.handed_in.at:%Y-%m-%d %H:%M} UTC" if one.handed_in.at else "an unknown time"


def _about_check(notebook: Path, number: str) -> list[str]:
    """What is to be said where a task's check is not as it was given; none of it is run."""
    check = f'check("{number}")'
    cells = [cell for cell in read_notebook(notebook)["cells"] if cell["cell_type"] == "code"]
    found = [cell["source"].strip() for cell in cells if check in cell["source"]]
    return [] if found == [check] else [f"Its cell  {check}  is not as it was given. That changes nothing."]
