import json
import os
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

from channels_lab.authoring.generator import Generator
from channels_lab.course.course import Course
from channels_lab.course.exercise import read_exercises
from channels_lab.errors import LabError
from tests.conftest import ROOT

NAME = "06_chat/06_chat.ipynb"


@pytest.fixture
def generator(small):
    """The generator of the small course."""
    return Generator(small)


def test_answers_give_way_to_stubs_in_the_files_own_language(small, generator):
    """Each region becomes nbgrader's stub as a comment of its language, or what stands below INSTEAD."""
    generator.write(generator.generated())
    (task,) = read_exercises(small.root / "exercises" / NAME).values()
    assert {cell.file.path: cell.file.text for cell in task.cells} == {
        "chat/consumers.py": "A = 0\n# YOUR CODE HERE\nraise NotImplementedError()\nB = 2\n",
        "config/asgi.py": "class A:\n    b = 2\n",
        "chat/static/chat/room.js": "let a\n// YOUR CODE HERE\n",
        "chat/templates/chat/room.html": "<p>\n<!-- YOUR CODE HERE -->\n</p>\n",
    }


def test_what_is_generated_is_marked_for_nbgrader(generator):
    """Checks are locked and have points and a checksum; answers cannot be deleted; ids stay; no outputs are there."""
    book = nbformat.reads(generator.generated()[NAME].decode(), as_version=4)
    nbformat.validate(book)
    source = nbformat.read(generator.sources[0], as_version=4)
    assert [cell.id for cell in book.cells] == [cell.id for cell in source.cells]
    check = book.cells[-1].metadata
    assert (check.editable, check.deletable) == (False, False)
    assert check.nbgrader.items() >= {"grade": True, "locked": True, "points": 3, "grade_id": "06_1-check"}.items()
    assert check.nbgrader.checksum
    answer = book.cells[3].metadata
    assert ("editable" in answer, answer.deletable, answer.nbgrader.solution) == (False, False, True)


def test_generating_again_gives_the_same_bytes(small, generator):
    """What is written differs in nothing from what is generated the next time, and what is changed is named."""
    first = generator.generated()
    assert generator.differences(first) == [f"exercises/{NAME}: missing"]
    generator.write(first)
    again = Generator(small).generated()
    assert again == first
    assert generator.differences(again) == []
    (small.root / "exercises" / NAME).write_text("{}")
    (small.root / "exercises" / "old.ipynb").write_text("{}")
    assert generator.differences(first) == [
        f"exercises/{NAME}: differs from what solutions/{NAME} gives",
        "exercises/old.ipynb: solutions/ has no such notebook",
    ]
    generator.write(first)
    assert generator.differences(first) == []


def test_nbgraders_own_command_gives_the_same_bytes(small, generator):
    """`nbgrader generate_assignment` in the course writes what the generator does."""
    program = Path(sys.executable).parent / "nbgrader"
    done = subprocess.run(
        [program, "generate_assignment", "06_chat"],
        cwd=small.root,
        env=os.environ | {"PATH": f"{program.parent}:{os.environ['PATH']}"},  # it calls alembic
        capture_output=True,
        text=True,
        timeout=100,
    )
    assert done.returncode == 0, done.stderr
    assert (small.root / "exercises" / NAME).read_bytes() == generator.generated()[NAME]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("### END SOLUTION", "", "no end solution statement found"),
        ("    # b = 2", "    b = 2", "Below INSTEAD this line is no comment: 'b = 2'"),
        ('"schema_version": 3', '"schema_version": 99', "newer version"),
    ],
)
def test_a_faulty_source_is_told(generator, old, new, said):
    """What nbgrader, or our step of it, refuses is said; nothing is written."""
    source = generator.sources[0]
    source.write_text(source.read_text().replace(old, new))
    with pytest.raises(LabError, match="nbgrader refuses") as caught:
        generator.generated()
    assert said in caught.value.details
    assert not (generator.course.root / "exercises").exists()


def test_a_course_without_sources_is_told(small, generator):
    """Where solutions/ is empty, or a notebook lies in another's folder, the message says so."""
    generator.sources[0].rename(generator.sources[0].with_name("06_other.ipynb"))
    with pytest.raises(LabError, match=r"06_other.ipynb lies in the folder 06_chat"):
        Generator(small)
    generator.sources[0].with_name("06_other.ipynb").unlink()
    with pytest.raises(LabError, match="There are no notebooks in"):
        Generator(small)


def test_a_learner_needs_no_nbgrader(monkeypatch, generator):
    """Without nbgrader the generator says what it needs; nothing else of the package imports it."""
    monkeypatch.setitem(sys.modules, "nbgrader.converters", None)
    with pytest.raises(LabError, match="nbgrader generates the exercises, and is not installed"):
        generator.generated()
    uses = [path.name for path in (ROOT / "channels_lab").rglob("*.py") if "nbgrader." in path.read_text()]
    assert sorted(name for name in uses if "import" in name) == []


def test_the_repositorys_exercises_are_current():
    """`exercises/` is what `solutions/` gives, byte for byte."""
    generator = Generator(Course(ROOT))
    assert generator.differences(generator.generated()) == []


def test_a_source_has_no_outputs_and_no_checksums():
    """The sources are as written by hand: nothing that a run or nbgrader leaves is in them."""
    for path in Generator(Course(ROOT)).sources:
        book = json.loads(path.read_text(encoding="utf-8"))
        for cell in book["cells"]:
            assert not cell.get("outputs")
            assert "checksum" not in cell["metadata"].get("nbgrader", {})
