"""A small course, and a learner's workspace for it."""

from pathlib import Path

import pytest

from channels_lab.course.course import Course
from channels_lab.course.workspace import Workspace
from tests import small_course
from tests.small_course import prose

SETTINGS = "import os\n\n# part: apps\nAPPS = []\n\n# part: urls\nURLS = 1\n"


@pytest.fixture
def small(tmp_path: Path) -> Course:
    """Two chapters that grow one project."""
    return small_course.write(
        tmp_path / "course",
        {
            "04_settings": [
                prose("# 04"),
                "%%project_file config/settings.py --part apps\nAPPS = [4]\n",
                "%%project_file config/urls.py\nURLS = 4\n",
            ],
            "05_router": [
                "%%project_file config/settings.py --part apps\nAPPS = [5]\n",
                "%%project_file config/asgi.py\nASGI = 5\n",
                "%%project_file config/asgi.py\nASGI = 55\n",
            ],
        },
        {"04/config/settings.py": SETTINGS, "04/manage.py": "MANAGE = 1\n"},
    )


@pytest.fixture
def work(small: Course, tmp_path: Path) -> Workspace:
    """A workspace in a folder with a space and Korean letters in its name."""
    return Workspace(small, tmp_path / "내 작업 공간")
