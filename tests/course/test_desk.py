import pytest

from channels_lab.course.desk import Desk
from channels_lab.course.exercise import parse_task_cell, read_exercises
from channels_lab.course.replay import Replay
from channels_lab.errors import LabError
from tests import small_exercises
from tests.small_course import files

GIVEN = "import os\n\n# part: layer\nLAYER = 0\n\n# part: urls\nURLS = 1\n"
WRITTEN = "import os\n\n\nLAYER = 7\n\n\nURLS = 1\n"


def replay() -> Replay:
    """The checkpoint: settings in parts, and a consumer."""
    checkpoint = Replay()
    checkpoint.give("config/settings.py", GIVEN)
    checkpoint.give("chat/consumers.py", "ANSWER = 0\n")
    return checkpoint


@pytest.fixture
def desks(small, tmp_path):
    """The desks of the two tasks."""
    tasks = read_exercises(small_exercises.add(small))
    return {number: Desk(tmp_path / "work", task, replay) for number, task in tasks.items()}


def first(text: str):
    return parse_task_cell(f"%%task_file 06.1 chat/consumers.py\n{text}", "06-1-consumers")


def layer(text: str):
    return parse_task_cell(f"%%task_file 06.2 config/settings.py --part layer\n{text}")


def test_a_cell_writes_into_a_tree_that_starts_from_the_checkpoint(desks):
    """The first cell that is run lays the checkpoint; what it changes is told against that."""
    desk = desks["06.1"]
    written = desk.write(first("ANSWER = 1"))
    assert files(desk.folder) == {
        "chat/consumers.py": "ANSWER = 1\n",
        "config/settings.py": "import os\n\n\nLAYER = 0\n\n\nURLS = 1\n",
    }
    assert desk.folder.as_posix().endswith("work/tasks/06.1")
    assert written.difference == ["@@ -1 +1 @@", "-ANSWER = 0", "+ANSWER = 1"]
    assert written.kept is None


def test_another_tasks_answer_is_not_in_the_tree(desks):
    """Each task starts from the pristine checkpoint."""
    desks["06.1"].write(first("ANSWER = 1"))
    desks["06.2"].write(layer("LAYER = 7"))
    assert files(desks["06.2"].folder) == {"chat/consumers.py": "ANSWER = 0\n", "config/settings.py": WRITTEN}


def test_cells_are_kept_for_the_next_kernel(desks, tmp_path):
    """Another desk, as after a restart, knows the cells as they were last run, a part of a file too."""
    for text in ("LAYER = 5", "LAYER = 7"):
        desks["06.2"].write(layer(text))
    (cell,) = Desk(tmp_path / "work", desks["06.2"].exercise, replay).cells
    assert cell == layer("LAYER = 7")


def test_a_file_that_the_task_does_not_change_is_refused(desks):
    """Neither another file nor a part that the task has not is written or noted."""
    desk = desks["06.1"]
    for line in ("06.1 config/settings.py", "06.1 chat/consumers.py --part handler"):
        with pytest.raises(LabError, match=r"Task 06.1 does not change") as caught:
            desk.write(parse_task_cell(f"%%task_file {line}\nX = 1"))
        assert "%%task_file 06.1 chat/consumers.py" in caught.value.fix
    assert (desk.cells, desk.folder.exists()) == ([], False)


def test_what_is_no_python_is_noted_and_not_written(desks):
    """A syntax error leaves the tree as it was; but it is the answer now, as the cell says it."""
    desk = desks["06.1"]
    desk.write(first("ANSWER = 1"))
    with pytest.raises(LabError, match=r"chat/consumers.py, line 1"):
        desk.write(first("ANSWER ="))
    assert files(desk.folder)["chat/consumers.py"] == "ANSWER = 1\n"
    assert desk.cells[0].file.text == "ANSWER =\n"
    assert desk.edited() == []
    assert desk.write(first("ANSWER = 2")).kept is None


def test_a_file_that_was_edited_is_found_and_kept(desks):
    """An edited file is said to be edited, and a cell that is run over it keeps it beside."""
    desk = desks["06.1"]
    desk.write(first("ANSWER = 1"))
    assert desk.edited() == []
    (desk.folder / "chat/consumers.py").write_text("ANSWER = 9\n")
    assert desk.edited() == [first("ANSWER = 1")]
    assert desk.from_disk(first("ANSWER = 1")) == "ANSWER = 9\n"
    kept = desk.write(first("ANSWER = 2")).kept
    assert kept.read_text() == "ANSWER = 9\n"
    assert desk.edited() == []


def test_the_disk_is_taken_into_a_cell_that_writes_a_part(desks):
    """Of a file that was edited inside of a cell's part, that part is the cell's text; elsewhere it is refused."""
    desk = desks["06.2"]
    cell = layer("LAYER = 7")
    with pytest.raises(LabError, match=r"There is no config/settings.py"):
        desk.from_disk(cell)
    desk.write(cell)
    file = desk.folder / "config/settings.py"
    file.write_text(WRITTEN.replace("LAYER = 7", "LAYER = 8\nMORE = 1"))
    assert desk.from_disk(cell) == "LAYER = 8\nMORE = 1\n"
    file.write_text(WRITTEN.replace("URLS = 1", "URLS = 2"))
    with pytest.raises(LabError, match="was edited outside of the part 'layer'"):
        desk.from_disk(cell)


def test_a_broken_note_is_no_note(desks):
    """Where what was kept cannot be read, no cell was run yet."""
    desk = desks["06.1"]
    desk.write(first("ANSWER = 1"))
    for content in ("{", "[]", '{"cells": [{"x": 1}]}', '{"cells": [], "written": 3}'):
        desk._file.write_text(content)
        assert desk.cells == []


def test_a_link_out_of_the_tree_is_refused(desks, tmp_path):
    """A file that is a link to elsewhere is not written through."""
    desk = desks["06.1"]
    desk.write(first("ANSWER = 1"))
    outside = tmp_path / "outside.py"
    outside.write_text("x")
    (desk.folder / "chat/consumers.py").unlink()
    (desk.folder / "chat/consumers.py").symlink_to(outside)
    with pytest.raises(LabError, match="leads out of the task's folder"):
        desk.write(first("ANSWER = 2"))
    assert outside.read_text() == "x"


def test_a_full_disk_leaves_no_half_of_a_tree(desks, full_disk):
    """Where the disk is full the message says so, and no tree is there."""
    with full_disk(), pytest.raises(LabError, match="cannot be written"):
        desks["06.1"].write(first("ANSWER = 1"))
    assert not desks["06.1"].folder.exists()
