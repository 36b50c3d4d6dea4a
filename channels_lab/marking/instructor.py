"""`--tasks DIR`: an instructor's own checks, taken for a run, and kept from what they are to judge."""

import os
from pathlib import Path

from channels_lab.errors import LabError
from channels_lab.grading.own_tasks import OWN_TASKS, own_tasks
from channels_lab.sandbox.confinement import visible

__all__ = ["use_tasks"]


def use_tasks(folder: Path) -> None:
    """Let this process, and what it starts, judge by the tasks in a folder, too.

    Raises LabError for a bad module, and for a folder that a sandbox would show to answers.
    """
    place = folder.resolve()
    seen = next((one for one in visible() if place.is_relative_to(one)), "")
    if seen:
        raise LabError(
            f"Answers can read {seen} in their sandbox, and {folder} is in it.", "Move your tasks somewhere else."
        )
    os.environ[OWN_TASKS] = str(place)
    own_tasks()
