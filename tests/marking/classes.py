"""A class: notebooks of exercises with answers in them, as students submit them."""

import json
import shutil
from pathlib import Path

from channels_lab.course.course import Course
from channels_lab.course.exercise import exercises, parse_task_cell
from channels_lab.grading.task import find_task
from channels_lab.grading.tree import Checkpoints
from channels_lab.grading.verdict import Judged, Outcome, Verdict
from tests.conftest import ROOT
from tests.grading.answers import models, written_answers

__all__ = ["KINDS", "hand_in", "lay_checkpoints", "submit", "submitted", "verdict"]

# What may come of an answer; "missing": its cell was deleted.
KINDS = ("right", "wrong", "broken", "untouched", "missing")


def lay_checkpoints(checkpoints: Checkpoints, workspace: Path) -> None:
    """Lay what is prepared already into a workspace; what another worker prepares just now has a hidden name."""

    def hidden(folder: str, names: list[str]) -> list[str]:
        return [name for name in names if name.startswith(".") and Path(folder) == checkpoints.folder]

    shutil.copytree(checkpoints.folder, workspace / ".lab" / "checkpoints", ignore=hidden, dirs_exist_ok=True)


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


def _answers(chapter: str, turn: int) -> dict[str, tuple[str, dict[str, str]]]:
    """A student's answers to a chapter: task → (kind, files); who has another turn has other kinds of answers."""
    given: dict[str, tuple[str, dict[str, str]]] = {}
    for at, model in enumerate(one for one in models() if one.number.startswith(chapter)):
        kind = KINDS[(at + int(chapter) + turn) % len(KINDS)]
        wrong = next(one for one in written_answers() if one.number == model.number and not one.right)
        files = {
            "right": model.files,
            "wrong": wrong.files,
            "broken": {path: "def (:\n" for path in model.files},
            "untouched": {},
            "missing": {},
        }
        given[model.number] = kind, files[kind]
    return given


def hand_in(course: Path, chapter: str, student: str, turn: int) -> dict[str, str]:
    """Lay a student's notebook into a course; returns the kind of each answer."""
    given = _answers(chapter, turn)
    path = submit(course / "submitted", student, {number: files for number, (_, files) in given.items()}, chapter)
    notebook = json.loads(path.read_text())
    found = [(cell, parse_task_cell("".join(cell["source"]))) for cell in notebook["cells"]]
    notebook["cells"] = [cell for cell, task in found if not (task and given[task.task][0] == "missing")]
    path.write_text(json.dumps(notebook))
    return {number: kind for number, (kind, _) in given.items()}


def verdict(number: str, outcome: Outcome, said: str = "") -> Verdict:
    """The verdict on an answer of which the first behaviour was not seen, or all were."""
    judged = [
        Judged(
            one.name,
            one.sentence,
            outcome is Outcome.PASSED or at > 0,
            0 if said and not at else one.points,
            one.points,
        )
        for at, one in enumerate(find_task(number).behaviours)
    ]
    if outcome not in (Outcome.PASSED, Outcome.NOT_YET):
        judged = [Judged(one.name, one.sentence, None, 0, one.of) for one in judged]
    return Verdict(number, outcome, tuple(judged), said)
