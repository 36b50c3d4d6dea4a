import json
from pathlib import Path

import pytest

from channels_lab.course.course import Course, read_notebook
from channels_lab.errors import LabError
from tests import small_course
from tests.small_course import code, prose


@pytest.fixture
def small(tmp_path) -> Course:
    return small_course.write(
        tmp_path / "course",
        {
            "04_settings": [
                prose("# 04"),
                "%%project_file config/settings.py --part apps\nAPPS = [4]\n",
                "%%project_file config/urls.py\nURLS = 4\n",
            ],
            "06_chat": ["%%project_file config/settings.py --part apps\nAPPS = [6]\n", "x = 1"],
        },
        {"04/config/settings.py": "import os\n\n# part: apps\nAPPS = []\n", "06/chat/room.css": "p {}\n"},
    )


def test_the_course_is_found_from_any_folder_below_it(small):
    """The course is found upwards, also from the learner's own copies of the notebooks."""
    deep = small.root / "workspace" / "notebooks"
    deep.mkdir(parents=True)
    assert Course.find(deep) == Course.find(small.root) == small


def test_a_variable_names_the_course_from_elsewhere(small, tmp_path, monkeypatch):
    """From outside, CHANNELS_LAB_ROOT names the course."""
    monkeypatch.setenv("CHANNELS_LAB_ROOT", str(small.root))
    assert Course.find(tmp_path) == small


def test_the_course_above_wins_over_the_variable(small, tmp_path, monkeypatch):
    """Inside one course, a variable that names another has no say."""
    other = small_course.write(tmp_path / "other", {"04_settings": []})
    monkeypatch.setenv("CHANNELS_LAB_ROOT", str(other.root))
    assert Course.find(small.root) == small


def test_outside_the_course_the_fix_is_told(tmp_path, monkeypatch):
    """Where there is no course, the message says from where to start, and that a variable names no course."""
    monkeypatch.delenv("CHANNELS_LAB_ROOT", raising=False)
    with pytest.raises(LabError, match="no folder above this one holds") as refused:
        Course.find(tmp_path)
    assert "CHANNELS_LAB_ROOT" in refused.value.fix
    monkeypatch.setenv("CHANNELS_LAB_ROOT", "/nowhere")
    with pytest.raises(LabError, match="nor does /nowhere"):
        Course.find(tmp_path)


@pytest.mark.parametrize(
    "name", ["04", 4, "4", " 04 ", "04_settings", "04_settings.ipynb", "notebooks/04_settings.ipynb"]
)
def test_a_chapter_has_several_names(small, name):
    """A chapter is known by its number and by its notebook."""
    assert small.chapter(name).name == "04_settings"


@pytest.mark.parametrize("name", ["05", 5, "", "x", "04_other", "-4", "004", "٤", "../04"[:3]])
def test_an_unknown_chapter_is_answered_with_those_that_exist(small, name):
    """A chapter that does not exist is answered with the list of chapters."""
    with pytest.raises(LabError, match="There is no chapter") as refused:
        small.chapter(name)
    assert refused.value.fix == "The chapters are 04, 06."


def test_two_notebooks_of_one_number_are_refused(small):
    """A copy of a notebook among the originals is named, and does not take the chapter over."""
    (small.root / "notebooks" / "04_settings_copy.ipynb").write_text("{}")
    with pytest.raises(LabError, match=r"04_settings\.ipynb and 04_settings_copy\.ipynb are both chapter 04"):
        Course(small.root).chapter("04")


def test_jupyterlabs_duplicates_are_no_chapters(small):
    """`04_settings-Copy1.ipynb`, as JupyterLab names a duplicate, is passed over."""
    (small.root / "notebooks" / "04_settings-Copy1.ipynb").write_text("{}")
    assert list(Course(small.root).chapters) == ["04", "06"]


def test_a_course_without_notebooks_says_so(tmp_path):
    """Where all notebooks are gone, the message says how to get them back."""
    with pytest.raises(LabError, match="There are no notebooks") as refused:
        small_course.write(tmp_path / "course", {}).finished()
    assert "git checkout" in refused.value.fix


def test_a_chapter_begins_with_what_came_before_and_its_given_files(small):
    """Before a chapter stand all earlier cells and the given files up to its own; after it, its own cells too."""
    four, six = small.chapters.values()
    assert small.before(four).texts() == {"config/settings.py": "import os\n\n\nAPPS = []\n"}
    assert small.before(six).texts() == {
        "chat/room.css": "p {}\n",
        "config/settings.py": "import os\n\n\nAPPS = [4]\n",
        "config/urls.py": "URLS = 4\n",
    }
    assert small.after(six).texts()["config/settings.py"] == "import os\n\n\nAPPS = [6]\n"
    assert small.finished().texts() == small.after(six).texts()


def test_what_nobody_wrote_is_not_given(small):
    """Bytecode and hidden files among the given ones are left where they are."""
    given = small.root / "notebooks" / "given" / "04"
    for name in ("config/__pycache__/settings.pyc", ".DS_Store", "config/.settings.py.swp"):
        (given / name).parent.mkdir(exist_ok=True)
        (given / name).write_bytes(b"\xff\xfe")
    assert [path for path, _ in small.chapter("04").given_files()] == ["config/settings.py"]


def test_a_faulty_file_cell_is_named(tmp_path):
    """A cell that is not Python is named by notebook and number, prose cells counted."""
    faulty = small_course.write(
        tmp_path / "c", {"04_a": [prose("# 04"), "%%project_file a.py\nx = 1", "%%project_file b.py\nx = ("]}
    )
    with pytest.raises(LabError, match=r"04_a\.ipynb, cell 3: b\.py, line 1"):
        faulty.finished()


def test_a_cell_that_fails_on_purpose_writes_nothing(tmp_path):
    """A cell tagged `raises-exception` that is no Python, whole or part, or leads out, is passed over."""
    broken = [
        code("%%project_file a.py\nx = (", "raises-exception"),
        code("%%project_file a.py --part b\nx = (", "raises-exception"),
        code("%%project_file ../a.py\nx = 1", "raises-exception"),
    ]
    course = small_course.write(tmp_path / "c", {"04_a": ["%%project_file a.py\nx = 1", *broken]})
    assert course.finished().texts() == {"a.py": "x = 1\n"}


def test_a_cell_tagged_as_failing_that_is_python_is_written(tmp_path):
    """The tag alone does not keep a good file cell from writing its file."""
    course = small_course.write(tmp_path / "c", {"04_a": [code("%%project_file a.py\nx = 1", "raises-exception")]})
    assert course.finished().texts() == {"a.py": "x = 1\n"}


def test_a_source_may_be_lines(tmp_path):
    """A cell's source is one text, also where the file has it as a list of lines."""
    course = small_course.write(tmp_path / "c", {"04_a": [code(["%%project_file a.py\n", "x = 1\n", "y = 2"])]})
    assert course.finished().texts() == {"a.py": "x = 1\ny = 2\n"}


CELL = {"cell_type": "code", "metadata": {}, "source": ""}


@pytest.mark.parametrize(
    "content",
    [
        "",
        "{",
        "<<<<<<< HEAD\n{}\n=======",
        "[]",
        "null",
        "{}",
        json.dumps({"nbformat": 3, "worksheets": []}),
        json.dumps({"nbformat": 3, "cells": []}),
        json.dumps({"nbformat": 4}),
        json.dumps({"nbformat": 4, "cells": 5}),
        json.dumps({"nbformat": 4, "cells": ["x"]}),
        json.dumps({"nbformat": 4, "cells": [{}]}),
        json.dumps({"nbformat": 4, "cells": [CELL | {"source": None}]}),
        json.dumps({"nbformat": 4, "cells": [CELL | {"source": [1]}]}),
        json.dumps({"nbformat": 4, "cells": [CELL | {"metadata": None}]}),
        json.dumps({"nbformat": 4, "cells": [{"source": ""}]}),
        '"\\ud800',
        "[" * 100_000,
    ],
)
def test_a_file_that_is_no_notebook_is_answered_with_the_way_back(tmp_path, content):
    """A notebook edited into something else is named, with the command that gets it back."""
    path = tmp_path / "notebooks" / "04_settings.ipynb"
    path.parent.mkdir()
    path.write_text(content)
    with pytest.raises(LabError, match=r"04_settings\.ipynb is not a notebook any more") as refused:
        read_notebook(path)
    assert "git checkout -- notebooks/04_settings.ipynb" in refused.value.fix
    assert len(str(refused.value).splitlines()) == 2


def test_a_learners_broken_copy_is_moved_away(tmp_path):
    """For the learner's own copy the fix is a fresh one, and not git."""
    path = tmp_path / "workspace" / "notebooks" / "04_settings.ipynb"
    path.parent.mkdir(parents=True)
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(LabError, match="not a notebook") as refused:
        read_notebook(path)
    assert "a fresh copy" in refused.value.fix


def test_a_missing_notebook_is_told():
    """A notebook that cannot be read is answered with the reason."""
    with pytest.raises(LabError, match="cannot be read: No such file"):
        read_notebook(Path("/nowhere/04_settings.ipynb"))


def test_the_workspace_is_where_the_variable_says(small, tmp_path, monkeypatch):
    """The learner works in `workspace/` of the course, or where CHANNELS_LAB_WORKSPACE says."""
    monkeypatch.delenv("CHANNELS_LAB_WORKSPACE", raising=False)
    assert small.workspace_folder == small.root / "workspace"
    monkeypatch.setenv("CHANNELS_LAB_WORKSPACE", str(tmp_path / "my work"))
    assert small.workspace_folder == tmp_path / "my work"
