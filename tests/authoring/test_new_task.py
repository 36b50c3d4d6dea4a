import pytest

from channels_lab.authoring.generator import Generator
from channels_lab.authoring.new_task import new_task
from channels_lab.course.exercise import read_exercises
from channels_lab.errors import LabError


def test_a_new_task_has_everything_that_a_task_needs(small):
    """A module, the cells, and a folder of answers are written; the cells begin from the checkpoint's file."""
    written = {
        path.relative_to(small.root).as_posix()
        for path in new_task(small, "6.2", title="Say so", path="chat/consumers.py")
    }
    assert written == {
        "channels_lab/grading/tasks/t06_2.py",
        "solutions/06_chat/06_chat.ipynb",
        "tests/answers/06/06.2/right_other.py",
        "tests/answers/06/06.2/wrong_one.py",
        "tests/answers/06/06.2/wrong_two.py",
        "tests/answers/06/06.2/wrong_three.py",
    }
    compile((small.root / "channels_lab/grading/tasks/t06_2.py").read_text(), "t06_2.py", "exec")
    task = read_exercises(small.root / "solutions" / "06_chat" / "06_chat.ipynb")["06.2"]
    assert (task.title, task.difficulty, task.minutes) == ("Say so", "easy", 10)
    assert task.cells[0].file.text.startswith("FIRST = 1\n")
    Generator(small).generated()


def test_tasks_stand_in_the_order_of_their_numbers(small):
    """A task that is made later stands before those of higher numbers."""
    for number in ("06.10", "06.3"):
        new_task(small, number, title="More", path="chat/consumers.py")
    assert list(read_exercises(small.root / "solutions" / "06_chat" / "06_chat.ipynb")) == ["06.1", "06.3", "06.10"]


def test_a_task_that_is_there_is_not_overwritten(small):
    """A number that is taken, by a module or by cells, is refused, and so is a chapter that is not there."""
    new_task(small, "06.2", title="Say so", path="chat/consumers.py")
    with pytest.raises(LabError, match=r"Task 06.2 is there already"):
        new_task(small, "06.2", title="Again", path="chat/consumers.py")
    with pytest.raises(LabError, match=r"06_chat.ipynb has a cell 06-1-check already"):
        new_task(small, "06.1", title="Again", path="chat/consumers.py")
    with pytest.raises(LabError, match=r"There is no chapter '09'"):
        new_task(small, "09.1", title="Far", path="chat/consumers.py")
