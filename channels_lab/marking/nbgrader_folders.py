"""nbgrader's folders: where its configuration has what was handed in, what is marked and the feedback on it."""

from datetime import datetime
from pathlib import Path
from typing import Any

from channels_lab.course.course import Course
from channels_lab.course.safekeeping import write
from channels_lab.errors import LabError
from channels_lab.marking.submissions import Submission

__all__ = ["NbgraderFolders"]

_CONFIG = "nbgrader_config.py"
# What its exchange needs to hand feedback out; it lies beside a notebook that was handed in through it.
_EXCHANGE = ("timestamp.txt", "submission_secret.txt")
_MOST_BYTES = 1000


class NbgraderFolders:
    """The folders of a course at `root`, by the configuration there, else the course's own; `url` is its database's.

    Raises LabError where the configuration cannot be used, ImportError without nbgrader.
    """

    def __init__(self, course: Course, root: Path, url: str) -> None:
        from nbgrader.coursedir import CourseDirectory

        config = _configuration(root if (root / _CONFIG).is_file() else course.root)
        config.CourseDirectory.root = str(root)
        config.CourseDirectory.db_url = url
        self._directory = CourseDirectory(config=config)
        self.url: str = self._directory.db_url
        self.course_id: str = self._directory.course_id

    def time(self, submission: Submission, name: str) -> datetime | None:
        """When it was handed in: where nbgrader has the submission, too, what it reads there, so that they agree."""
        folder = self._folder(self._directory.submitted_directory, submission.student, name)
        if not folder.is_dir():
            return submission.handed_in.at
        try:
            told: datetime | None = self._directory.get_existing_timestamp(str(folder))
        except (SystemExit, ValueError):
            return submission.handed_in.at
        return told

    def write(self, submission: Submission, name: str, notebook: bytes, page: bytes) -> None:
        """Write a submission's marked notebook and its feedback, and beside them what the exchange needs."""
        for step, file, content in (
            (self._directory.autograded_directory, f"{name}.ipynb", notebook),
            (self._directory.feedback_directory, f"{name}.html", page),
        ):
            folder = self._folder(step, submission.student, name)
            write(folder / file, content)
            if submission.notebook.parent.name == folder.name:
                _for_exchange(submission.notebook, folder)

    def _folder(self, step: str, student: str, name: str) -> Path:
        return Path(self._directory.format_path(step, student, name))


def _configuration(folder: Path) -> Any:
    """nbgrader's configuration file, run as nbgrader runs it."""
    from traitlets.config.loader import ConfigFileNotFound, PyFileConfigLoader

    try:
        return PyFileConfigLoader(_CONFIG, path=str(folder)).load_config()
    except ConfigFileNotFound as error:
        raise LabError(f"{folder / _CONFIG} cannot be read: {error}.") from None
    except Exception as error:
        raise LabError(
            f"{folder / _CONFIG} cannot be used: {type(error).__name__}: {error}.", "Mend that line."
        ) from None


def _for_exchange(notebook: Path, folder: Path) -> None:
    for name in _EXCHANGE:
        beside = notebook.with_name(name)
        if beside.is_file() and not beside.is_symlink() and beside.stat().st_size <= _MOST_BYTES:
            write(folder / name, beside.read_bytes())
