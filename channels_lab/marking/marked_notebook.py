"""A notebook as nbgrader's pages show it: the one that was given out, with a student's answers and what was found.

Nothing of it was run. Only the cells of answers are the student's: no prose of theirs, no output, no other cell.
"""

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from channels_lab.course.course import read_notebook
from channels_lab.course.exercise import Exercise, task_cells
from channels_lab.errors import LabError
from channels_lab.grading.verdict import Verdict

__all__ = ["Sheet", "in_words", "sheet_of"]

_SIGNS = {True: "✓ passed", False: "✗ not yet", None: "– not reached"}
_NOTE = (
    "*Judged by `channels-lab grade`. The cells of answers are the student's, the rest is as it was given out; "
    "what was handed in is in `submitted/`.*"
)


@dataclass(frozen=True)
class Sheet:
    """The notebook of a chapter as it was given out: `notebook` is its file.

    `checks` names the cell (nbgrader's `grade_id`) that holds a task's mark, `answers` those of its files.
    """

    notebook: Path
    checks: dict[str, str]
    answers: dict[str, list[str]]

    @property
    def name(self) -> str:
        """nbgrader's name for it, as an assignment and as a notebook."""
        return self.notebook.stem

    def marked(self, submitted: Path, verdicts: Iterable[Verdict], told: Callable[[Verdict], str]) -> bytes:
        """The notebook with a student's answers, and below each check what is `told` of its verdict."""
        notebook = read_notebook(self.notebook)
        given = _answers(submitted)
        said = {self.checks[one.number]: told(one) for one in verdicts}
        for cell in notebook["cells"]:
            if cell["cell_type"] != "code":
                continue
            for own in task_cells([cell]):
                cell["source"] = given.get((own.task, *own.key), cell["source"])
            if text := said.get(_grade_id(cell)):
                cell["outputs"] = [{"name": "stdout", "output_type": "stream", "text": text}]
        note = {"cell_type": "markdown", "id": "channels-lab-note", "metadata": {}, "source": _NOTE}
        notebook["cells"].insert(1, note)
        return (json.dumps(notebook, indent=1, ensure_ascii=False) + "\n").encode("utf-8", "replace")


@lru_cache(None)
def sheet_of(tasks: tuple[Exercise, ...]) -> Sheet:
    """The sheet of a chapter's tasks; raises LabError where its cells are not nbgrader's."""
    checks: dict[str, str] = {}
    answers: dict[str, list[str]] = {task.number: [] for task in tasks}
    notebook = tasks[0].notebook
    for cell in read_notebook(notebook)["cells"]:
        if cell["cell_type"] != "code" or not (grade_id := _grade_id(cell)):
            continue
        for own in task_cells([cell]):
            answers[own.task].append(grade_id)
        if cell["metadata"]["nbgrader"].get("grade"):
            checks |= {number: grade_id for number in answers if f'"{number}"' in cell["source"]}
    if missing := [number for number in answers if number not in checks]:
        raise LabError(
            f"{notebook.name} has no cell that nbgrader takes for the check of {missing[0]}.",
            "Get it back with  git checkout -- exercises",
        )
    return Sheet(notebook, checks, answers)


def in_words(verdict: Verdict) -> str:
    """A verdict as lines of text: each behaviour, what was seen at the first that failed, and its explanation."""
    lines = [f"{verdict.outcome}: {verdict.points} of {verdict.of} points"]
    for judged in verdict.judged:
        lines.append(f"  {_SIGNS[judged.passed]}: {judged.sentence} ({judged.points} of {judged.of})")
    lines += ["", verdict.reason] if verdict.reason else []
    lines += [verdict.details] if verdict.details else []
    lines += ["", verdict.text] if verdict.text else []
    lines += ["", str(verdict.explanation)] if verdict.explanation else []
    lines += ["", *verdict.notes] if verdict.notes else []
    return "\n".join(lines) + "\n"


def _answers(submitted: Path) -> dict[tuple[str, str, str], str]:
    """(task, path, part) → the cell that counts: the last one."""
    found = {}
    for cell in read_notebook(submitted)["cells"]:
        try:
            for own in task_cells([cell]):
                found[own.task, *own.key] = cell["source"]
        except LabError:
            continue  # told in the verdict's notes
    return found


def _grade_id(cell: dict[str, Any]) -> str:
    return str(cell["metadata"].get("nbgrader", {}).get("grade_id", ""))
