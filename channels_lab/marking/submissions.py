"""Submissions: a folder in nbgrader's layout, a flat folder of notebooks, or a zip; read, and never run."""

import hashlib
import re
import stat
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from channels_lab.course.answer import Answer, answer_in
from channels_lab.course.course import Course, read_notebook
from channels_lab.course.exercise import Exercise, exercises, parse_task_cell
from channels_lab.course.replay import Replay
from channels_lab.errors import LabError
from channels_lab.grading.task import find_task

__all__ = ["MOST_BYTES", "Rejected", "Submission", "Submitted"]

MOST_BYTES = 5 * 2**20
_MOST_FILES = 20_000
_STUDENT = re.compile(r"\w[\w.@+ -]{0,99}")
_PASSED_OVER = {".ipynb_checkpoints", "__MACOSX", "__pycache__"}


@dataclass(frozen=True)
class Submission:
    """A student's notebook of a chapter's exercises; `key` names it, and `digest` is of what it holds."""

    student: str
    chapter: str
    notebook: Path
    digest: str

    @property
    def key(self) -> str:
        """Its name among all."""
        return f"{self.student}/{self.chapter}"


@dataclass(frozen=True)
class Rejected:
    """What lay among the submissions and is not judged, and why."""

    name: str
    reason: str


class Submitted:
    """All that lies in a place: `submissions`, of which no two have one key, and what was `rejected`.

    A zip is unpacked into `beside`: notebooks only, under names of ours. Raises LabError where there is nothing.
    """

    def __init__(self, course: Course, place: Path, beside: Path) -> None:
        self.course = course
        self.rejected: list[Rejected] = []
        self._tasks = exercises(course)
        found: dict[str, Submission] = {}
        for name, path in self._notebooks(place, beside):
            try:
                one = self._read(name, path)
            except LabError as error:
                self.rejected.append(Rejected(name, error.message))
                continue
            other = found.get(one.key)
            if other:
                # The newer one counts, whichever was found first.
                older, one = sorted((other, one), key=lambda two: (two.notebook.stat().st_mtime, two.digest))
                reason = f"{one.student} has submitted chapter {one.chapter} twice; the newer one counts."
                self.rejected.append(Rejected(older.notebook.name, reason))
            found[one.key] = one
        self.submissions = sorted(found.values(), key=lambda one: one.key)
        if not found and not self.rejected:
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
                given[number] = answer_in(task, submission.notebook, self._checkpoint(task))
            except LabError as error:
                without[number] = error.message
        return given, without

    def of(self, submission: Submission) -> dict[str, Exercise]:
        """The tasks of its chapter, as they were given out."""
        return {number: task for number, task in self._tasks.items() if task.chapter == submission.chapter}

    def _checkpoint(self, task: Exercise) -> Callable[[], Replay]:
        return lambda: self.course.after(self.course.chapter(find_task(task.number).chapter))

    def _read(self, name: str, path: Path) -> Submission:
        student = _student(name)
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
        return Submission(student, chapters.pop(), path, hashlib.sha256(path.read_bytes()).hexdigest())

    def _notebooks(self, place: Path, beside: Path) -> Iterator[tuple[str, Path]]:
        """The notebooks, each by its path inside the place."""
        if place.is_file() and zipfile.is_zipfile(place):
            yield from self._unpacked(place, beside)
            return
        if not place.is_dir():
            raise LabError(f"There is no folder and no zip of submissions at {place}.")
        for path in sorted(place.rglob("*.ipynb")):
            inside = path.relative_to(place)
            if _PASSED_OVER & set(inside.parts):
                continue
            above = [path, *(place / parent for parent in list(inside.parents)[:-1])]
            if any(one.is_symlink() for one in above):
                self.rejected.append(Rejected(str(inside), "It is a link, which is not followed."))
            elif not stat.S_ISREG(path.stat().st_mode):
                self.rejected.append(Rejected(str(inside), "It is no file."))
            else:
                yield inside.as_posix(), path

    def _unpacked(self, place: Path, beside: Path) -> Iterator[tuple[str, Path]]:
        beside.mkdir(parents=True, exist_ok=True)
        try:
            with zipfile.ZipFile(place) as archive:
                for number, member in enumerate(archive.infolist()[:_MOST_FILES]):
                    inside = PurePosixPath(member.filename)
                    if member.is_dir() or inside.suffix != ".ipynb" or _PASSED_OVER & set(inside.parts):
                        continue
                    if inside.is_absolute() or ".." in inside.parts or "\\" in member.filename:
                        self.rejected.append(Rejected(member.filename, "Its path leads out of the zip."))
                        continue
                    path = beside / f"{number}.ipynb"
                    with archive.open(member) as packed:
                        # What it claims to be may be less than it is.
                        path.write_bytes(packed.read(MOST_BYTES + 1))
                    yield inside.as_posix(), path
        except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError) as error:
            raise LabError(f"{place.name} cannot be unpacked: {error}.") from None


def _student(name: str) -> str:
    """Whose a notebook is: the folder above its chapter's, else the file's own name."""
    parts = PurePosixPath(name).parts
    student = parts[-3] if len(parts) >= 3 else PurePosixPath(name).stem
    if not _STUDENT.fullmatch(student):
        raise LabError(f"{student[:80]!r} is no name of a student: letters, digits, and .@+- between them.")
    return student
