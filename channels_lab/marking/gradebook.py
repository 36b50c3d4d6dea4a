"""nbgrader's gradebook: marks and comments written through its own API, beside the files that its pages show.

nbgrader is imported when a gradebook is opened, and by nothing else here: a learner has none.
"""

import contextlib
import os
import sys
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path

from channels_lab.course.course import Course
from channels_lab.course.exercise import exercises
from channels_lab.errors import LabError
from channels_lab.grading.verdict import Verdict
from channels_lab.marking.entered import enter_deadline, enter_task
from channels_lab.marking.entries import Entry
from channels_lab.marking.marked_notebook import Sheet, in_words, sheet_of
from channels_lab.marking.marks import Mark
from channels_lab.marking.nbgrader_folders import NbgraderFolders
from channels_lab.marking.submissions import Submission

__all__ = ["Gradebook"]

_AGAIN = "No mark is lost: mend it, and go on with  --resume ."


class Gradebook:
    """A gradebook of nbgrader's, by the path or the URL of its database. `close` it.

    `autograded/` and `feedback/` are written where nbgrader's configuration has them: the one beside the database, else
    the course's. Raises LabError where nbgrader is not installed, or the database is none of its.
    """

    def __init__(self, course: Course, where: str) -> None:
        self._tasks = exercises(course)
        try:
            from nbgrader.api import Gradebook as Book
            from sqlalchemy import make_url
            from sqlalchemy.exc import ArgumentError
        except ImportError as error:
            raise LabError(
                f"nbgrader keeps gradebooks, and is not installed ({error}).",
                "Install it:  uv sync --group gradebook . Or leave --gradebook out.",
            ) from None
        try:
            url = make_url(where if "://" in where else f"sqlite:///{Path(where).resolve()}")
        except ArgumentError:
            raise LabError("That is no URL of a database.", "Name the file:  --gradebook gradebook.db") from None
        self.shown = url.render_as_string(hide_password=True).removeprefix("sqlite:///")
        in_file = url.get_backend_name() == "sqlite" and url.database
        root = Path(url.database or "").resolve().parent if in_file else Path.cwd()
        self._folders = NbgraderFolders(course, root, url.render_as_string(hide_password=False))
        self._ready: set[str] = set()
        self._first: dict[str, datetime] = {}  # chapter → its first deadline
        with self._told(), _on_path(Path(sys.executable).parent):
            self._book = Book(self._folders.url, self._folders.course_id)

    def close(self) -> None:
        """Close the connection to the database."""
        self._book.close()

    def enroll(self, people: Mapping[str, Mapping[str, str]]) -> None:
        """Enter students, whether they have handed in or not, with what is known: first_name, last_name, email."""
        with self._told():
            for student, known in people.items():
                self._book.update_or_create_student(student, **known)

    def write(
        self,
        marks: Iterable[tuple[Submission, Mark, Sequence[Verdict]]],
        feedback: Callable[[str, str], Path],
        entries: Iterable[Entry] = (),
        on_written: Callable[[str], None] = lambda key: None,
    ) -> None:
        """Write marks; the same twice changes nothing. `feedback` tells where the page of a student's chapter is.

        `entries` are those of the whole class: from them a chapter's first deadline is known.
        A mark and a comment that a person has given in nbgrader stay. What could not be judged waits there for one.
        Raises LabError where that is impossible.
        """
        for entry in entries:
            if entry.due:
                self._first[entry.chapter] = min(entry.due, self._first.get(entry.chapter, entry.due))
        for submission, mark, verdicts in marks:
            with self._told():
                self._write(submission, mark, verdicts, feedback(submission.student, submission.chapter))
                on_written(submission.key)

    # Details

    def _prepared(self, chapter: str, verdicts: Iterable[Verdict]) -> Sheet:
        """The chapter's notebook, with its cells in the gradebook."""
        sheet = sheet_of(tuple(task for task in self._tasks.values() if task.chapter == chapter))
        if chapter in self._ready:
            return sheet
        from nbgrader.api import MissingEntry

        name = sheet.name
        try:
            self._book.find_notebook(name, name)
        except MissingEntry:
            self._add(sheet)
        for verdict in verdicts:
            try:
                cell = self._book.find_grade_cell(sheet.checks[verdict.number], name, name)
            except MissingEntry:
                raise LabError(
                    f"The gradebook's {name} has no task {verdict.number}: it is of another version of the course.",
                    f"Bring it up to date with  nbgrader generate_assignment {name} --force",
                ) from None
            cell.max_score = verdict.of
        self._book.db.commit()
        self._ready.add(chapter)
        return sheet

    def _add(self, sheet: Sheet) -> None:
        """What `nbgrader generate_assignment` does to the gradebook, by nbgrader's own step."""
        import nbformat
        from nbgrader.preprocessors import SaveCells

        self._book.update_or_create_assignment(sheet.name)
        about = {"assignment": sheet.name, "notebook": sheet.name, "db_url": self._folders.url}
        SaveCells().preprocess(nbformat.read(sheet.notebook, as_version=4), {"nbgrader": about})
        self._book.db.expire_all()

    def _write(self, submission: Submission, mark: Mark, verdicts: Sequence[Verdict], page: Path) -> None:
        sheet = self._prepared(submission.chapter, verdicts)
        book, name, student = self._book, sheet.name, submission.student
        book.update_or_create_student(student)
        entered = book.update_or_create_submission(name, student, timestamp=self._folders.time(submission, name))
        enter_deadline(entered, mark.entry.due, self._first.get(submission.chapter))
        notebook = book.find_submission_notebook(name, name, student)
        notebook.late_submission_penalty = mark.off or None
        grades = {grade.name: grade for grade in notebook.grades}
        comments = {comment.name: comment for comment in notebook.comments}
        for verdict, task in zip(verdicts, mark.tasks, strict=True):
            cells = [comments[cell] for cell in sheet.answers[verdict.number]]
            enter_task(grades[sheet.checks[verdict.number]], cells, task, verdict)
        book.db.commit()
        marked = sheet.marked(submission.notebook, verdicts, in_words)
        self._folders.write(submission, name, marked, page.read_bytes())

    @contextlib.contextmanager
    def _told(self) -> Iterator[None]:
        """Turn what a database or a disk refuses into a message with its fix."""
        from nbgrader.api import InvalidEntry, MissingEntry
        from sqlalchemy.exc import SAWarning, SQLAlchemyError

        try:
            with warnings.catch_warnings():
                # nbgrader's own queries, of which the newest SQLAlchemy says more than they deserve.
                warnings.simplefilter("ignore", SAWarning)
                yield
        except SQLAlchemyError as error:
            why = str(getattr(error, "orig", None) or type(error).__name__)
            upgrade = "no such column" in why or "no such table" in why
            fix = f"It is an older nbgrader's:  nbgrader db upgrade . {_AGAIN}" if upgrade else _AGAIN
            raise LabError(f"The gradebook {self.shown} cannot be used: {why}.", fix) from None
        except (InvalidEntry, MissingEntry) as error:
            raise LabError(f"nbgrader refuses an entry of the gradebook: {error}.", _AGAIN) from None
        except OSError as error:
            raise LabError(f"{error.filename} cannot be written: {error.strerror}.", _AGAIN) from None


@contextlib.contextmanager
def _on_path(folder: Path) -> Iterator[None]:
    """Within it, commands of this environment are found: nbgrader asks `alembic` when it makes a database."""
    before = os.environ.get("PATH", "")
    os.environ["PATH"] = f"{folder}{os.pathsep}{before}"
    try:
        yield
    finally:
        os.environ["PATH"] = before
