"""Notebooks that are watched: whose answers have changed since they were saved last."""

import threading
from collections.abc import Iterator
from pathlib import Path

from channels_lab.course.answer import Answer
from channels_lab.course.course import Course
from channels_lab.course.exercise import exercises
from channels_lab.errors import LabError
from channels_lab.notebook.saved import Saved, own_notebooks

__all__ = ["Watch"]

_LOOK_AGAIN_SECONDS = 0.3


class Watch:
    """Looks at the learner's own notebooks of exercises; a task is due when its answer was changed and saved."""

    def __init__(self, course: Course) -> None:
        self._course = course
        self._tasks = list(exercises(course).values())
        self._paths = {path.name: path for path in own_notebooks(course)}
        self._saved: dict[Path, tuple[int, int]] = {}
        self._answers: dict[str, Answer | None] = {}
        for saved in self.due():
            del saved  # what stands there now is where it begins

    def due(self) -> Iterator[Saved]:
        """The tasks whose answers have changed since the last look."""
        for path in self._paths.values():
            try:
                status = path.stat()
            except OSError:
                continue  # JupyterLab is about to put it in place
            stamp = (status.st_mtime_ns, status.st_size)
            if self._saved.get(path) == stamp:
                continue
            self._saved[path] = stamp
            for task in self._tasks:
                if task.notebook.name != path.name:
                    continue
                saved = Saved(self._course, task, path)
                answer = _answer(saved)
                known = self._answers.get(task.number)
                self._answers[task.number] = answer
                if answer and answer.attempted and (known is None or answer.files != known.files):
                    yield saved

    def wait(self, until: threading.Event) -> Iterator[Saved]:
        """Yield what is due, as it is saved, until the event is set."""
        while not until.wait(_LOOK_AGAIN_SECONDS):
            yield from self.due()


def _answer(saved: Saved) -> Answer | None:
    try:
        return saved.answer()
    except LabError:
        return None  # half of it is saved, or a cell is missing; a check of the task says so
