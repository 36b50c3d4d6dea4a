"""The rules of exercise notebooks themselves: each finds what breaks it, and no more."""

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell

from channels_lab.authoring.skeleton import notebook_head, task_skeleton
from tests.house.exercise_style import EXERCISE_RULES


def notebook():
    """A notebook that breaks no rule: two tasks, the second with prose in two cells and two files."""
    book = notebook_head("05", "05_router", "Router")
    label = {"difficulty": "easy", "minutes": 10, "points": 2}
    book["cells"] += task_skeleton("05.1", "One", statement="Do it.", files={"a.py": "x = 1"}, **label)
    book["cells"] += task_skeleton("05.2", "Two", statement="Do that.", files={"a.py": "x", "b.js": "y"}, **label)
    made = nbformat.from_dict(book)
    made.cells.insert(6, new_markdown_cell("More of it.", id="05-2-more"))
    return made


def find(made, name: str):
    return next(cell for cell in made.cells if cell.id == f"05-{name}")


def put(made, name: str, source: str):
    find(made, name)["source"] = source


BAD = {
    "at_most_60_words_of_prose": lambda n: put(n, "2-more", "word " * 61),
    "one_title_in_the_first_cell": lambda n: put(n, "2-more", "# Another"),
    "headings_in_order": lambda n: put(n, "1-task", "## 05.1 · One\n\n*easy, 10 minutes*\n\n#### Too deep"),
    "no_outputs": lambda n: find(n, "1-a").update(execution_count=1),
    "its_title_and_the_cell_that_loads": lambda n: put(n, "load", "%load_ext channels_lab"),
    "ids_that_name_their_task": lambda n: find(n, "2-more").update(id="05-1-more"),
    "metadata_of_nbgrader": lambda n: find(n, "2-check")["metadata"]["nbgrader"].update(locked=False),
    "a_task_is_prose_its_cells_and_its_check": lambda n: n.cells.remove(find(n, "1-check")),
}


def broken(made) -> list[str]:
    return [name for name, rule in EXERCISE_RULES.items() if list(rule(made))]


def test_a_good_notebook_breaks_no_rule():
    """A notebook as the skeleton makes it passes every rule, and is one for nbformat."""
    made = notebook()
    assert broken(made) == []
    nbformat.validate(made)


@pytest.mark.parametrize("name", EXERCISE_RULES)
def test_a_rule_finds_what_breaks_it(name):
    """Each rule finds a notebook that breaks it, and no other rule minds."""
    made = notebook()
    BAD[name](made)
    assert broken(made) == [name]


def test_an_id_of_another_chapter_is_found():
    """Each cell's id begins with the chapter's number, that of the cell which loads the lab, too."""
    made = notebook()
    find(made, "load").update(id="06-load")
    assert broken(made) == ["ids_that_name_their_task"]


def test_hints_and_solutions_are_no_cells():
    """A cell that would show a hint at "Run All" is found."""
    made = notebook()
    made.cells.append(new_code_cell('hint("05.2")', id="05-2-hint"))
    assert set(broken(made)) == {"metadata_of_nbgrader", "a_task_is_prose_its_cells_and_its_check"}
