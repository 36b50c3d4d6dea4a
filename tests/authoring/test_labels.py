import json

import pytest

from channels_lab.authoring.labels import outdated, update
from channels_lab.course.exercise import read_exercises
from tests.conftest import ROOT

SOURCE = ROOT / "solutions" / "06_sync_consumer" / "06_sync_consumer.ipynb"


@pytest.fixture
def copy(tmp_path):
    """A copy of the notebook with two tasks whose modules are there."""
    path = tmp_path / SOURCE.name
    path.write_bytes(SOURCE.read_bytes())
    return path


@pytest.mark.parametrize(
    ("old", "new"),
    [("· Answer a ping", "· Answer"), ("*easy, 5 minutes*", "*hard, 50 minutes*"), ('"points": 4', '"points": 1')],
)
def test_headings_and_points_become_those_of_the_modules(copy, old, new):
    """A title, a label or points that the module says otherwise are found, and written as it says."""
    assert outdated(copy) == ""
    copy.write_text(copy.read_text().replace(old, new, 1))
    assert outdated(copy) == SOURCE.read_text()
    assert update(copy) and not update(copy)
    assert copy.read_bytes() == SOURCE.read_bytes()


def test_a_task_without_a_module_is_left(copy):
    """What stands of a task whose module is not written yet stays."""
    copy.write_text(copy.read_text().replace("06.1", "06.77"))
    assert outdated(copy) == ""
    assert "06.77" in read_exercises(copy) and json.loads(copy.read_text())
