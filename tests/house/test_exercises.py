import re

import nbformat
import pytest

from channels_lab.authoring.skeleton import notebook_text
from channels_lab.course.course import Course, read_notebook
from channels_lab.course.exercise import exercises, read_exercises
from channels_lab.grading.task import find_task, tasks
from tests.conftest import ROOT
from tests.house.exercise_style import EXERCISE_RULES

NOTEBOOKS = [
    path for folder in ("solutions", "exercises") for path in sorted((ROOT / folder).glob("[0-9]*/[0-9]*.ipynb"))
]


@pytest.fixture(scope="module", params=NOTEBOOKS, ids=lambda path: path.relative_to(ROOT).as_posix())
def path(request):
    return request.param


def test_a_notebook_of_exercises_is_in_house_style(path):
    """Every notebook of exercises keeps every rule of the house."""
    notebook = nbformat.read(path, as_version=4)
    assert {rule.__name__: said for rule in EXERCISE_RULES.values() if (said := list(rule(notebook)))} == {}


def test_a_notebook_of_exercises_is_valid(path):
    """Every notebook of exercises is one by nbformat's own schema, and written as nbformat writes it."""
    nbformat.validate(nbformat.read(path, as_version=4))
    assert path.read_text(encoding="utf-8") == notebook_text(read_notebook(path))


def test_tasks_are_numbered_in_order(path):
    """The tasks of a notebook are numbered from 1, and its name, title and tasks are of one chapter."""
    tasks = list(read_exercises(path))
    assert tasks == [f"{path.stem[:2]}.{number}" for number in range(1, len(tasks) + 1)]
    assert read_notebook(path)["cells"][0]["source"].startswith(f"# Exercises {path.stem[:2]} · ")


def test_a_notebook_agrees_with_the_tasks_modules(path):
    """A heading has the title, difficulty and minutes of the module; the check its points, the cells its files."""
    for number, exercise in read_exercises(path).items():
        task = find_task(number)
        label = (exercise.title, exercise.difficulty, exercise.minutes, exercise.points)
        assert label == (task.title, task.difficulty, task.minutes, task.points), number
        assert {cell.file.path for cell in exercise.cells} == set(task.files), number


def test_every_task_has_its_cells():
    """Each task's module has its statement and cells in a notebook."""
    assert list(exercises(Course(ROOT))) == list(tasks())


def test_a_chapter_names_its_exercises_at_its_end():
    """Each notebook of exercises is named as its chapter, and that chapter's last cell has a link to it."""
    chapters = {chapter.name: chapter for chapter in Course(ROOT).chapters.values()}
    for path in (ROOT / "exercises").glob("[0-9]*/*.ipynb"):
        assert path.stem in chapters
        assert f"](../exercises/{path.stem}/{path.name})" in chapters[path.stem].cells[-1]["source"]


def test_a_link_to_exercises_leads_somewhere():
    """A chapter links to no notebook of exercises that is not there."""
    for chapter in Course(ROOT).chapters.values():
        links = re.findall(r"\]\(\.\./(exercises/\S+?)\)", "".join(cell["source"] for cell in chapter.cells))
        assert [link for link in links if not (ROOT / link).exists()] == []


def test_every_chapter_has_three_to_five_tasks():
    """Once each chapter from 01 on has exercises, it has three to five, and the course has forty or more."""
    tasks = list(exercises(Course(ROOT)))
    counts = {number: sum(task[:2] == number for task in tasks) for number in Course(ROOT).chapters if number != "00"}
    if not all(counts.values()):
        pytest.skip(f"no tasks yet in {', '.join(number for number, count in counts.items() if not count)}")
    assert {number: count for number, count in counts.items() if not 3 <= count <= 5} == {}
    assert len(tasks) >= 40
