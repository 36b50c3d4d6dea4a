"""What tests of grading share: checkpoints, prepared once for all of them."""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from channels_lab.course.course import Course
from channels_lab.explain.book import rules
from channels_lab.grading.tree import Checkpoints


@pytest.fixture(scope="session")
def checkpoints(course: Course) -> Iterator[Checkpoints]:
    """Prepared checkpoints of the course, for the whole session."""
    rules()  # imported now, not while answers are judged side by side
    folder = Path(tempfile.mkdtemp(prefix="checkpoints-"))
    yield Checkpoints(course, folder)
    shutil.rmtree(folder)
