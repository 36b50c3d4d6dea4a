"""A small course with sources of exercises, and the repository's nbgrader configuration."""

import shutil
from pathlib import Path

import pytest

from channels_lab.authoring.skeleton import notebook_head, notebook_text, task_skeleton
from channels_lab.course.course import Course
from tests import small_course
from tests.conftest import ROOT
from tests.small_course import prose

FILES = {
    "chat/consumers.py": "A = 0\n### BEGIN SOLUTION\nA = 1\n### END SOLUTION\nB = 2",
    "config/asgi.py": "class A:\n    ### BEGIN SOLUTION\n    b = 1\n    ### INSTEAD\n    # b = 2\n    ### END SOLUTION",
    "chat/static/chat/room.js": "let a\n// BEGIN SOLUTION\na = 1\n// END SOLUTION",
    "chat/templates/chat/room.html": "<p>\n<!-- BEGIN SOLUTION -->\nyes\n<!-- END SOLUTION -->\n</p>",
}


@pytest.fixture
def small(tmp_path: Path) -> Course:
    """A chapter 06, and one task of it in `solutions/`."""
    notebooks = {"06_chat": [prose("# 06 · Chat"), "%%project_file chat/consumers.py\nFIRST = 1\n"]}
    course = small_course.write(tmp_path / "course", notebooks)
    shutil.copy(ROOT / "nbgrader_config.py", course.root)
    book = notebook_head("06", "06_chat", "Chat")
    book["cells"] += task_skeleton(
        "06.1", "Answer", difficulty="easy", minutes=10, points=3, statement="Answer at once.", files=FILES
    )
    folder = course.root / "solutions" / "06_chat"
    folder.mkdir(parents=True)
    (folder / "06_chat.ipynb").write_text(notebook_text(book), encoding="utf-8")
    return course
