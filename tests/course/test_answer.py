import json

import pytest

from channels_lab.course.answer import MissingCell, answer_in, answer_of, model_of
from channels_lab.course.exercise import parse_task_cell, read_exercises
from channels_lab.course.replay import Replay
from channels_lab.errors import LabError
from tests import small_exercises
from tests.small_exercises import LAYER, ROOMS, STUB, answered, book

MINE = "%%task_file 06.1 chat/consumers.py\nANSWER = 1"


@pytest.fixture
def tasks(small):
    """The two tasks, as the course has them."""
    return read_exercises(small_exercises.add(small))


def test_an_answer_is_the_files_that_its_cells_write(tasks, tmp_path):
    """A whole file is the cell's text, and an answer that differs from the stub is attempted."""
    answer = answer_in(tasks["06.1"], answered(tmp_path, book(MINE)))
    assert (answer.number, answer.files, answer.attempted, answer.notes) == (
        "06.1",
        {"chat/consumers.py": "ANSWER = 1\n"},
        True,
        (),
    )


def test_a_part_is_put_into_the_checkpoints_file(tasks, tmp_path):
    """Of a cell that writes a part, the answer is the whole file with it, and the file's other parts as they were."""
    replay = Replay()
    replay.give("config/settings.py", "import os\n\n# part: layer\nLAYER = 0\n\n# part: urls\nURLS = 1\n")
    path = answered(tmp_path, book(layer=LAYER.replace("None", "2")))
    answer = answer_in(tasks["06.2"], path, lambda: replay)
    assert answer.files == {
        "chat/rooms.py": "ROOMS = []\n",
        "config/settings.py": "import os\n\n\nLAYER = 2\n\n\nURLS = 1\n",
    }
    assert answer.attempted


@pytest.mark.parametrize(
    "first", [STUB, STUB + "\n\n", STUB.replace("HERE", "HERE  "), STUB.split("\n")[0], STUB[:34] + "\n \n"]
)
def test_the_stub_is_not_attempted(tasks, tmp_path, first):
    """A stub with other blanks at the ends, or a cell that was emptied, is not attempted."""
    assert not answer_in(tasks["06.1"], answered(tmp_path, book(first))).attempted


def test_one_changed_cell_of_several_is_an_attempt(tasks, tmp_path):
    """An answer is attempted where one of its cells is not as it was given."""
    assert answer_in(tasks["06.2"], answered(tmp_path, book(rooms=ROOMS + "\nX = 1"))).attempted
    assert not answer_in(tasks["06.2"], answered(tmp_path, book())).attempted


def test_a_missing_cell_is_named(tasks, tmp_path):
    """Where a file has no cell, the message names it and the cell to copy."""
    cells = book()
    del cells[8]
    with pytest.raises(
        MissingCell, match=r"writes config/settings.py \(part layer\) is missing in 06_chat.ipynb"
    ) as caught:
        answer_in(tasks["06.2"], answered(tmp_path, cells))
    assert "%%task_file 06.2 config/settings.py --part layer" in caught.value.fix
    assert "exercises/06_chat/" in caught.value.fix


def test_of_two_cells_the_last_one_counts(tasks, tmp_path):
    """A doubled cell is told, and the last one is judged."""
    cells = [MINE, *book(MINE.replace("= 1", "= 2"))]
    answer = answer_in(tasks["06.1"], answered(tmp_path, cells))
    assert answer.files == {"chat/consumers.py": "ANSWER = 2\n"}
    assert answer.notes == ("chat/consumers.py is written by more than one cell; the last one counts (cell 6).",)


def test_a_cell_below_its_check_is_told(tasks, tmp_path):
    """A cell that was moved counts where it stands, with a word on what "Run All" does then."""
    cells = book(MINE)
    cells[4:6] = cells[5], cells[4]
    answer = answer_in(tasks["06.1"], answered(tmp_path, cells))
    assert answer.files == {"chat/consumers.py": "ANSWER = 1\n"}
    (note,) = answer.notes
    assert note.startswith("Cell 6 stands below the check (cell 5)")


def test_cells_in_another_order_are_the_same_answer(tasks, tmp_path):
    """Where a task's cells stand does not matter."""
    cells = book(MINE)
    answer = answer_in(tasks["06.1"], answered(tmp_path, [cells[4], *cells[:4], *cells[5:]]))
    assert (answer.files, answer.notes) == ({"chat/consumers.py": "ANSWER = 1\n"}, ())


def test_a_file_that_the_task_does_not_have_is_passed_over(tasks, tmp_path):
    """A cell that writes another file is told and not judged."""
    cells = ["%%task_file 06.1 config/asgi.py\nEVIL = 1", *book(MINE)]
    answer = answer_in(tasks["06.1"], answered(tmp_path, cells))
    assert answer.files == {"chat/consumers.py": "ANSWER = 1\n"}
    assert answer.notes == ("Cell 1 is not part of the task and was passed over: config/asgi.py.",)


def test_a_faulty_cell_is_told_with_what_is_missing(tasks, tmp_path):
    """A cell whose first line is broken, and one that is prose now, are named beside the missing cell."""
    with pytest.raises(MissingCell) as caught:
        answer_in(tasks["06.1"], answered(tmp_path, book("%%task_file 06.1 ../consumers.py\nX = 1")))
    assert "Cell 5 was passed over: '../consumers.py' leads out of the project." in caught.value.details
    with pytest.raises(MissingCell) as caught:
        answer_in(tasks["06.1"], answered(tmp_path, book({**small_exercises.prose(MINE)})))
    assert "Cell 5 is no code cell any more" in caught.value.details


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"\xff\xfe", json.dumps({"nbformat": 3, "cells": []}).encode()])
def test_what_is_no_notebook_is_told(tasks, tmp_path, content):
    """A file that is no notebook any more is said to be none."""
    path = tmp_path / "06_chat.ipynb"
    path.write_bytes(content)
    with pytest.raises(LabError, match=r"06_chat.ipynb is not a notebook any more"):
        answer_in(tasks["06.1"], path)


def test_cells_as_last_run_are_an_answer_too(tasks):
    """Without a notebook, the texts that were run last are the answer."""
    answer = answer_of(tasks["06.1"], [parse_task_cell(MINE), parse_task_cell(ROOMS)])
    assert (answer.files, answer.attempted) == ({"chat/consumers.py": "ANSWER = 1\n"}, True)


def test_the_model_answer_comes_from_the_solutions(small, tasks):
    """The model answer is what stands in solutions/ without its markers."""
    marked = (
        "%%task_file 06.1 chat/consumers.py\nA = 0\n### BEGIN SOLUTION\nA = 1\n### INSTEAD\n# A = 2\n### END SOLUTION"
    )
    source = read_exercises(small_exercises.add(small, book(marked), "solutions"))
    assert model_of(tasks["06.1"], source["06.1"]).files == {"chat/consumers.py": "A = 0\nA = 1\n"}
