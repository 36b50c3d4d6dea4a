"""The house style of exercise notebooks, each rule a function: notebook → what is wrong, a line each."""

import re
from collections.abc import Callable, Iterator
from typing import Any

from tests.house import style

__all__ = ["EXERCISE_RULES"]

EXERCISE_RULES: dict[str, Callable[[Any], Iterator[str]]] = {
    name: style.RULES[name]
    for name in (
        "at_most_60_words_of_prose",
        "one_title_in_the_first_cell",
        "headings_in_order",
        "no_outputs",
    )
}
LOAD = "%load_ext channels_lab\nfrom channels_lab import check, hint, progress, solution"
_TITLE = re.compile(r"# Exercises (\d\d) · \S")
_NAME = re.compile(r"\d\d-(?:\d+-)?[a-z][a-z0-9]*(?:-[a-z0-9]+)*")


def rule(function: Callable[[Any], Iterator[str]]) -> Callable[[Any], Iterator[str]]:
    """Count a function among the rules."""
    EXERCISE_RULES[function.__name__] = function
    return function


@rule
def its_title_and_the_cell_that_loads(notebook: Any) -> Iterator[str]:
    title = _TITLE.match(notebook.cells[0].source)
    if not title:
        yield "cell 1: no title such as  # Exercises 06 · Sync consumer"
    elif not re.search(rf"\]\(\.\./\.\./notebooks/{title[1]}_\w+\.ipynb\)", notebook.cells[0].source):
        yield "cell 1: no link to the chapter"
    if notebook.cells[1].source != LOAD:
        yield "cell 2: does not load the lab"


@rule
def ids_that_name_their_task(notebook: Any) -> Iterator[str]:
    title = _TITLE.match(notebook.cells[0].source)
    seen, task = set(), f"{title[1]}-" if title else ""
    for number, cell in enumerate(notebook.cells, start=1):
        if heading := re.match(r"## (\d\d)\.(\d+) ", cell.source):
            task = f"{heading[1]}-{heading[2]}-"
        if not _NAME.fullmatch(cell.id) or not cell.id.startswith(task) or cell.id in seen:
            yield f"cell {number}: id {cell.id!r}"
        seen.add(cell.id)


@rule
def metadata_of_nbgrader(notebook: Any) -> Iterator[str]:
    for number, cell in enumerate(notebook.cells, start=1):
        marks = cell.metadata.get("nbgrader", {})
        if cell.cell_type == "markdown":
            if cell.metadata:
                yield f"cell {number}: metadata {dict(cell.metadata)}"
            continue
        kind = {"%%task_file": "solution", "check(": "grade", "%load_ext": "locked"}
        wanted = next((mark for begin, mark in kind.items() if cell.source.startswith(begin)), "")
        if not wanted or not marks.get(wanted) or marks.get("schema_version") != 3:
            yield f"cell {number}: {cell.source[:20]!r} is not marked as {wanted or 'anything that is known'}"
        elif (marks.locked, marks.grade) != (wanted != "solution", wanted == "grade"):
            yield f"cell {number}: locked {marks.locked}, grade {marks.grade}"
        elif wanted != "locked" and marks.grade_id != re.sub(r"^(\d\d)-(\d+)-", r"\1_\2-", cell.id):
            yield f"cell {number}: grade_id {marks.grade_id!r}"


@rule
def a_task_is_prose_its_cells_and_its_check(notebook: Any) -> Iterator[str]:
    """Nothing else: hints and solutions are no cells, or "Run All" would show them."""
    kinds = ""
    for cell in notebook.cells[2:]:
        if cell.cell_type == "markdown":
            kinds += "h" if cell.source.startswith("## ") else "p"
        else:
            kinds += "f" if cell.source.startswith("%%task_file ") else "c" if cell.source.startswith("check(") else "?"
    if not re.fullmatch(r"(?:hp*f+c)+", kinds):
        yield f"its cells are {kinds}: h a heading, p prose, f a file, c a check"
