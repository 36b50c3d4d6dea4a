"""Where this kernel's learner works: the workspace, or where nbgrader runs the notebook a folder that ends with it."""

import atexit
import os
import shutil
import tempfile
from functools import cache
from pathlib import Path

from channels_lab.course.course import Course

__all__ = ["graded", "working_folder"]


def graded() -> bool:
    """Whether nbgrader runs this kernel: its `autograde` or `validate`."""
    return "NBGRADER_EXECUTION" in os.environ


def working_folder(course: Course) -> Path:
    """The learner's workspace. In a kernel of nbgrader's, a folder of that kernel's own.

    nbgrader runs one notebook after another in the teacher's course, and several at once where it is called twice: what
    one student's notebook does must be neither another's nor the teacher's.
    """
    return _private_folder() if graded() else course.workspace_folder


@cache
def _private_folder() -> Path:
    folder = tempfile.mkdtemp(prefix="channels-lab-graded-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return Path(folder)
