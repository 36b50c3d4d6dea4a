"""What tests of grading share: checkpoints, prepared once for all of them."""

import pytest

from channels_lab.course.course import Course
from channels_lab.explain.book import rules
from channels_lab.grading.tree import Checkpoints


@pytest.fixture(scope="session")
def checkpoints(course: Course, tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Checkpoints:
    """Prepared checkpoints of the course, for the whole session and all of its workers."""
    rules()  # imported now, not while answers are judged side by side
    here = tmp_path_factory.getbasetemp()
    folder = (here if worker_id == "master" else here.parent) / "checkpoints"
    folder.mkdir(exist_ok=True)
    return Checkpoints(course, folder)
