import pytest

from channels_lab.course import exercise as module
from channels_lab.course.exercise import exercises, parse_task_cell, read_exercises, task_number
from channels_lab.errors import LabError
from tests import small_exercises
from tests.small_course import prose
from tests.small_exercises import STUB, book


def test_a_task_cell_is_a_task_a_path_and_the_text_below():
    """The first line names task and file, and a part where it has one."""
    cell = parse_task_cell("%%task_file 6.2 config/settings.py --part layer\nLAYER = 1", "06-2-settings", 7)
    assert (cell.task, cell.file.path, cell.file.part, cell.file.text) == (
        "06.2",
        "config/settings.py",
        "layer",
        "LAYER = 1\n",
    )
    assert (cell.file.cell_id, cell.file.number) == ("06-2-settings", 7)
    assert cell.line == "%%task_file 06.2 config/settings.py --part layer"


@pytest.mark.parametrize(
    "source", ["", "x = 1", "%%project_file a.py\nx = 1", "# %%task_file 06.2 a.py", "%%task_files"]
)
def test_other_cells_are_no_task_cells(source):
    """A cell that does not begin with the magic is another one."""
    assert parse_task_cell(source) is None


@pytest.mark.parametrize(
    ("header", "message"),
    [
        ("", "%%task_file names no task"),
        ("chat/consumers.py", "'chat/consumers.py' is not the number of a task"),
        ("06.2", "%%task_file 06.2 names no file"),
        ("06.2 a.py b.py", "%%task_file 06.2 has 2 words where one path should be"),
        ("06.2 ../a.py", "leads out of the project"),
        ("06.2 /etc/passwd", "is not a path inside the project"),
        ("06.2 a.py --part", "--part has no name"),
    ],
)
def test_a_faulty_header_is_told(header, message):
    """What is wrong in the first line is said in a sentence, with how to write it."""
    with pytest.raises(LabError, match=message) as caught:
        parse_task_cell(f"%%task_file {header}\nx = 1")
    assert caught.value.fix


@pytest.mark.parametrize("text", ["6.2", "06.2", " 06.02 ", 6.2])
def test_a_number_is_written_in_one_way(text):
    """However it is written, the task is "06.2"."""
    assert task_number(text) == "06.2"


@pytest.mark.parametrize("text", ["", "06", "06-2", "six.two", "06.2.1", "106.2", None, "06.2\n; rm"])
def test_what_is_no_number_is_refused(text):
    """Anything else is no task's number, and the message shows one."""
    with pytest.raises(LabError, match="is not the number of a task") as caught:
        task_number(text)
    assert '"06.2"' in caught.value.fix


def test_a_notebook_is_its_tasks(small):
    """Each task has its label, its statement over several cells, its cells, and the points of its check."""
    found = read_exercises(small_exercises.add(small))
    assert list(found) == ["06.1", "06.2"]
    one, two = found.values()
    assert (one.title, one.difficulty, one.minutes, one.points) == ("Answer", "easy", 10, 3)
    assert one.statement == "Answer at once.\n\n| sent | answered |\n| --- | --- |\n| ping | pong |"
    assert [cell.key for cell in one.cells] == [("chat/consumers.py", "")]
    assert (two.statement, two.points, two.chapter) == ("", 2, "06")
    assert [cell.key for cell in two.cells] == [("chat/rooms.py", ""), ("config/settings.py", "layer")]


@pytest.mark.parametrize(
    ("at", "cell", "message"),
    [
        (2, prose("## 06.1 Answer\n\neasy"), "the heading '## 06.1 Answer' is no task's"),
        (2, prose("## 06.2 · Twice\n\n*easy, 10 minutes*"), "task 06.2 is there twice"),
        (4, "x = 1", "task 06.1 has no cell %%task_file 06.1"),
        (5, "x = 1", r'task 06.1 has 0 cells with check\("06.1"\)'),
        (4, "%%task_file 06.1 ../x.py\n", "cell 5: .* leads out of the project"),
    ],
)
def test_a_notebook_that_is_not_whole_is_refused(small, at, cell, message):
    """A task lacks nothing in the course's own notebooks: what it lacks is named."""
    cells = book()
    cells[at] = cell
    if "twice" in message:
        cells[4:6] = [STUB.replace("06.1", "06.2"), 'check("06.2")']
        cells[7:] = []
        cells += [prose("## 06.2 · Twice\n\n*easy, 10 minutes*"), 'check("06.1")']
    with pytest.raises(LabError, match=message):
        read_exercises(small_exercises.add(small, cells))


def test_a_course_has_all_tasks_by_number(small):
    """All notebooks of exercises/ are read, and one task is found however its number is written."""
    small_exercises.add(small)
    assert list(exercises(small)) == ["06.1", "06.2"]
    assert module.exercise(small, "6.2").title == "Two rooms"


def test_an_unknown_task_is_told_with_those_that_there_are(small):
    """The tasks of the chapter are named, or else the chapters that have tasks."""
    small_exercises.add(small)
    with pytest.raises(LabError, match=r"There is no task 06.7") as caught:
        module.exercise(small, "06.7")
    assert caught.value.fix == "Chapter 06 has 06.1, 06.2."
    with pytest.raises(LabError, match=r"There is no task 09.1") as caught:
        module.exercise(small, "09.1")
    assert "in the chapters 06" in caught.value.fix


def test_a_course_without_exercises_says_how_to_get_them(small):
    """Where exercises/ is not there, the message says how it comes back."""
    with pytest.raises(LabError, match=r"There is no task 06.1") as caught:
        module.exercise(small, "06.1")
    assert "git checkout -- exercises" in caught.value.fix
