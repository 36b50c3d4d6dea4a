"""A class: notebooks of exercises with answers in them, as students submit them."""

import json
from pathlib import Path

from channels_lab.course.course import Course
from channels_lab.course.exercise import exercises, parse_task_cell
from tests.conftest import ROOT

__all__ = ["submit", "submitted"]


def submitted(answers: dict[str, dict[str, str]], chapter: str = "06") -> str:
    """The notebook of a chapter with these answers (task → path → text) in place of its stubs."""
    task = next(one for one in exercises(Course(ROOT)).values() if one.chapter == chapter)
    notebook = json.loads(task.notebook.read_text())
    for cell in notebook["cells"]:
        found = parse_task_cell("".join(cell["source"])) if cell["cell_type"] == "code" else None
        if found and found.file.path in answers.get(found.task, {}):
            cell["source"] = f"{found.line}\n{answers[found.task][found.file.path]}"
    return json.dumps(notebook)


def submit(folder: Path, student: str, answers: dict[str, dict[str, str]], chapter: str = "06") -> Path:
    """Lay a student's notebook where nbgrader would."""
    name = next(one for one in exercises(Course(ROOT)).values() if one.chapter == chapter).notebook.name
    path = folder / student / Path(name).stem / name
    path.parent.mkdir(parents=True)
    path.write_text(submitted(answers, chapter))
    return path
