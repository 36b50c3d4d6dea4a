import pytest

from channels_lab.course.course import Course
from channels_lab.notebook.missing import defining_line


@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("server", 'server = await lab.daphne("hello:application")'),
        ("lab", 'lab = channels_lab.open_chapter("00")'),
        ("channels_lab", "import channels_lab"),
        ("json", "import json"),
        ("where", "from os import path as where, sep"),
        ("sep", "from os import path as where, sep"),
        ("people", "clients, people = [], {}"),
        ("clients", "clients, people = [], {}"),
        ("number", "number: int = 3"),
        ("other", "with open(where.__file__) as source, open(where.__file__) as other:"),
        ("WORD", ""),
        ("serve", ""),
        ("load_ext", ""),
        ("se.*er", ""),
    ],
)
def test_the_line_that_defines_a_name_is_found(small: Course, name, line):
    """The first line of a code cell that gives the name a value is found; file cells do not count."""
    assert defining_line(small.chapter("00"), name) == line


def test_a_missing_name_is_answered_with_the_cell_to_run(shell, opened):
    """A name whose cell was not run shows that cell's line above IPython's own traceback."""
    opened()
    captured = shell.run("server.diagram()")
    note = captured.outputs[0].data["text/plain"]
    assert note.startswith("Note: server is not there yet. Run the cell above with this line first:")
    assert 'server = await lab.daphne("hello:application")' in note
    assert "NameError: name 'server' is not defined" in captured.stdout


def test_a_name_that_no_cell_defines_gets_no_hint(shell, opened):
    """A typo is answered by Python alone."""
    opened()
    captured = shell.run("sevrer.diagram()")
    assert captured.outputs == []
    assert "name 'sevrer' is not defined" in captured.stdout


def test_an_error_inside_a_library_gets_no_hint(shell, opened):
    """A missing name in somebody else's module is not that of a cell, even when a cell has one like it."""
    opened()
    captured = shell.run("exec(compile('server', 'library.py', 'exec'), {'__name__': 'library'})")
    assert captured.outputs == []
    assert "name 'server' is not defined" in captured.stdout


def test_a_local_variable_without_a_value_gets_no_hint(shell, opened):
    """An UnboundLocalError is about the function at hand, not about a cell that was not run."""
    opened()
    captured = shell.run("def f():\n    print(server)\n    server = 1\nf()")
    assert captured.outputs == []
    assert "UnboundLocalError" in captured.stdout


def test_a_function_of_the_cell_that_misses_a_name_gets_the_hint(shell, opened):
    """A name that is missing inside a function of the notebook is hinted at as well."""
    opened()
    captured = shell.run("def f():\n    return server\nf()")
    assert "server is not there yet" in captured.outputs[0].data["text/plain"]
