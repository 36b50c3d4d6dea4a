"""The rules themselves: each finds what breaks it, and no more."""

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from tests.house.style import RULES

GOOD = [
    ("md", "title", "# 05 · Router\n\n**Who answers?**"),
    ("code", "open", '%load_ext channels_lab\nimport channels_lab\nlab = channels_lab.open_chapter("05")'),
    ("md", "predict", "## A part\n\n**Predict, then look:** what comes?\n\n```python\n# no heading\n```"),
    ("code", "file", "%%project_file a.py\nimport time\n\ntime.sleep(1)\n" + "x = 1\n" * 38),
    ("code", "diagram", "server = await lab.daphne()\nserver.diagram()"),
    ("md", "seen", "### Seen\n\nTwo arrows."),
    ("md", "exercises", "## Exercises\n\n1. One.\n2. Two.\n3. Three."),
]


def notebook():
    """A notebook that breaks no rule."""
    kernel = {"name": "python3", "display_name": "Python 3 (ipykernel)", "language": "python"}
    made = new_notebook(metadata={"kernelspec": kernel, "language_info": {"name": "python"}})
    for kind, name, source in GOOD:
        cell = new_markdown_cell(source) if kind == "md" else new_code_cell(source)
        cell["id"] = f"05-{name}"
        made.cells.append(cell)
    return made


def find(made, name: str):
    return next(cell for cell in made.cells if cell.id == f"05-{name}")


def put(made, name: str, source: str):
    find(made, name)["source"] = source


def insert(made, *cells):
    made.cells[5:5] = cells


BAD = {
    "at_most_45_cells": lambda n: insert(n, *(new_markdown_cell("More.", id=f"05-more-{i}") for i in range(39))),
    "at_most_60_words_of_prose": lambda n: put(n, "seen", "word " * 61),
    "at_most_8_lines_of_code": lambda n: put(n, "diagram", "x = 1\n" * 9),
    "at_most_40_lines_of_a_file": lambda n: put(n, "file", "%%project_file a.py\n" + "x = 1\n\n" * 41),
    "one_title_in_the_first_cell": lambda n: put(n, "seen", "# Another"),
    "headings_in_order": lambda n: put(n, "predict", "### Too deep\n\nPredict, then look"),
    "a_picture_is_followed_by_what_to_see": lambda n: insert(n, new_code_cell("x = 1", id="05-more")),
    "no_outputs": lambda n: find(n, "diagram").update(execution_count=1),
    "speaking_ids": lambda n: find(n, "seen").update(id="05-Seen"),
    "ids_of_one_chapter": lambda n: find(n, "seen").update(id="06-seen"),
    "no_cell_sleeps": lambda n: put(n, "diagram", "await asyncio.sleep(1)"),
    "no_shell": lambda n: put(n, "diagram", "!pip install x"),
    "plain_metadata": lambda n: find(n, "seen")["metadata"].update(collapsed=True),
    "a_question_first_and_the_chapter_opened": lambda n: put(n, "title", "# 05 · Router"),
    "a_prediction_is_asked_for": lambda n: put(n, "predict", "## A part"),
    "exercises_at_the_end": lambda n: put(n, "exercises", "## Exercises\n\n1. One.\n2. Two."),
    "code_that_is_python": lambda n: put(n, "diagram", "server.diagram() else"),
}


def broken(made) -> list[str]:
    return [name for name, rule in RULES.items() if list(rule(made))]


def test_a_good_notebook_breaks_no_rule():
    """A notebook in house style passes every rule, and is one for nbformat."""
    made = notebook()
    assert broken(made) == []
    nbformat.validate(made)


@pytest.mark.parametrize("name", RULES)
def test_a_rule_finds_what_breaks_it(name):
    """Each rule finds a notebook that breaks it, and no other rule minds."""
    made = notebook()
    BAD[name](made)
    assert broken(made) == [name]
