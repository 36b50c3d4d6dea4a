"""An instructor's own tasks and checks: modules like those in `tasks/`, in a folder that learners never see.

The folder is named by a variable, so that every process that judges knows it, on whatever machine it runs.
"""

import hashlib
import importlib.util
import os
import re
import traceback
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

from channels_lab.errors import LabError
from channels_lab.grading.task import Task, course_task

__all__ = ["OWN_TASKS", "fingerprint", "own_tasks"]

OWN_TASKS = "CHANNELS_LAB_TASKS"
_MODULE = re.compile(r"t(\d\d)_(\d+)")
_NAME = "Name a task's module by its number: t06_1.py for 06.1. What begins with _ is passed over."


def own_tasks() -> dict[str, Task]:
    """Number → task of the folder that is named; {} where none is. Raises LabError, with the place, for a bad module.

    What they see beyond the course's own behaviours is hidden.
    """
    folder = os.environ.get(OWN_TASKS)
    return _read(Path(folder)) if folder else {}


def fingerprint() -> str:
    """What the modules say, as a short text; "" where there are none. A mark depends on it."""
    folder = os.environ.get(OWN_TASKS)
    if not folder:
        return ""
    content = hashlib.sha256()
    for path in _files(Path(folder)):
        content.update(f"{path.name}\0".encode() + path.read_bytes())
    return content.hexdigest()[:16]


def _files(folder: Path) -> list[Path]:
    if not folder.is_dir():
        raise LabError(f"There is no folder of tasks at {folder}.", f"{OWN_TASKS} or --tasks names it.")
    return sorted(path for path in folder.glob("*.py") if not path.name.startswith("_"))


@lru_cache(4)
def _read(folder: Path) -> dict[str, Task]:
    found = {}
    for path in _files(folder):
        task = _task(path)
        found[task.number] = task
    if not found:
        raise LabError(f"There are no tasks in {folder}.", _NAME)
    return found


def _task(path: Path) -> Task:
    match = _MODULE.fullmatch(path.stem)
    if not match:
        raise LabError(f"{path} is no task's module by its name.", _NAME)
    number = f"{match[1]}.{int(match[2])}"
    module, title = _run(path)
    task = getattr(module, "task", None)
    if not isinstance(task, Task):
        raise LabError(f"{path} defines no task.", f'Write  task = course_task("{number}") , or  task = Task(…) .')
    if task.number not in ("", number):
        raise LabError(f"{path} is about task {task.number}.", f"Call it t{task.number.replace('.', '_')}.py.")
    try:
        course = course_task(number)
    except LabError:
        course = None
    if course and task.files != course.files:
        raise LabError(f"{path} changes other files than the task does: {', '.join(course.files)}.", "Leave `files`.")
    if not task.points:
        raise LabError(f"{path}: nothing earns a point.", "Give it a behaviour with points.")
    task.number, task.title = number, task.title or title
    if not task.title:
        raise LabError(f"{path} has no title.", "Its docstring's first line is the task's title.")
    known = {one.name for one in course.behaviours} if course else set()
    task.behaviours = [one if one.name in known else replace(one, hidden=True) for one in task.behaviours]
    return task


def _run(path: Path) -> tuple[object, str]:
    """The module, and its docstring's first line; raises LabError with the line that fails."""
    spec = importlib.util.spec_from_file_location(f"channels_lab_own_tasks.{path.stem}", path)
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    try:
        spec.loader.exec_module(module)
    except SyntaxError as error:
        raise LabError(f"{path}, line {error.lineno}: {error.msg}.", "Mend that line.") from None
    except Exception as error:
        lines = [one.lineno for one in traceback.extract_tb(error.__traceback__) if one.filename == str(path)]
        where = f", line {lines[-1]}" if lines else ""
        raise LabError(f"{path}{where}: {type(error).__name__}: {error}", "Mend that line.") from None
    return module, (module.__doc__ or "").strip().partition("\n")[0].removesuffix(".")
