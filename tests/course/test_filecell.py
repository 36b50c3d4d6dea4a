import pytest

from channels_lab.course.filecell import check_syntax, parse_cell
from channels_lab.errors import LabError

MAGIC = "%%project_file"


def test_a_file_cell_is_a_path_and_the_text_below_it():
    """A cell's first line names the file, and all lines below it are the text."""
    cell = parse_cell(f"{MAGIC} chat/consumers.py\nimport json\n\nX = 1\n", "06-consumer", 7)
    assert (cell.path, cell.part, cell.text) == ("chat/consumers.py", "", "import json\n\nX = 1\n")
    assert (cell.cell_id, cell.number) == ("06-consumer", 7)


@pytest.mark.parametrize("header", ["config/settings.py --part apps", "--part apps config/settings.py"])
def test_a_part_has_a_name(header):
    """`--part NAME` may stand before or after the path."""
    cell = parse_cell(f"{MAGIC} {header}\nX = 1")
    assert (cell.path, cell.part) == ("config/settings.py", "apps")


def test_a_text_ends_with_a_line_end():
    """A cell's text gets the line end that a notebook leaves out, and an empty cell stays empty."""
    assert parse_cell(f"{MAGIC} a.py\nX = 1").text == "X = 1\n"
    assert parse_cell(f"{MAGIC} a.py\nX = 1\n").text == "X = 1\n"
    assert parse_cell(f"{MAGIC} a/__init__.py").text == ""


@pytest.mark.parametrize("before", ["", "\n\n", "  \n"])
def test_lines_that_are_empty_may_come_first(before):
    """The magic may follow empty lines, as IPython allows."""
    assert parse_cell(f"{before}{MAGIC} a.py\nX = 1").path == "a.py"


@pytest.mark.parametrize(
    "source", ["", "x = 1", f"# {MAGIC} a.py\n", f"x = 1\n{MAGIC} a.py\n", "%%project_files a.py\n", "%%time\nx = 1"]
)
def test_other_cells_are_no_file_cells(source):
    """A cell that does not begin with the magic is an ordinary one."""
    assert parse_cell(source) is None


@pytest.mark.parametrize(
    "path",
    [
        "/etc/passwd",
        "//x.py",
        "../x.py",
        "chat/../../x.py",
        "chat/..",
        "..",
        "~/x.py",
        "~kim/x.py",
        "C:/x.py",
        "c:x.py",
        "chat\\x.py",
        "..\\x.py",
        ".",
        "chat/",
        "a\0b.py",
    ],
)
def test_a_path_outside_the_project_is_refused(path):
    """A path that is absolute, leads upwards, is another system's or names no file is refused with the fix."""
    with pytest.raises(LabError, match=r"inside the project|leads out|names no file") as refused:
        parse_cell(f"{MAGIC} {path}\nX = 1\n")
    assert "chat/consumers.py" in refused.value.fix


def test_a_path_is_written_in_one_way():
    """`./chat//x.py` and `chat/x.py` are one file."""
    assert parse_cell(f"{MAGIC} ./chat//x.py\n").path == "chat/x.py"


@pytest.mark.parametrize(
    ("header", "said"),
    [
        ("", "names no file"),
        ("a.py b.py", "has 2 words"),
        ("a.py --part", "--part has no name"),
        ("a.py --part Apps", "is no name for a part"),
        ("a.py --part ../x", "is no name for a part"),
        ("--part apps", "names no file"),
    ],
)
def test_a_malformed_header_is_refused_with_an_example(header, said):
    """A header without one path, or with a part that is no name, is answered with how to write it."""
    with pytest.raises(LabError, match=said) as refused:
        parse_cell(f"{MAGIC} {header}\nX = 1\n")
    assert f"{MAGIC} chat/consumers.py" in refused.value.fix


def test_a_syntax_error_is_shown_with_its_line_and_a_caret():
    """Text that is not Python is refused with the line's number, the line, and a caret under the place."""
    with pytest.raises(LabError) as refused:
        check_syntax("chat/x.py", "import json\nx = (1,\ny = ]\n")
    assert refused.value.message.startswith("chat/x.py, line 3:")
    shown, caret = refused.value.details.splitlines()
    assert shown[caret.index("^")] == "]"


@pytest.mark.parametrize("text", ["x = '\0'", "x = " + "(" * 300 + ")" * 300, "x = " + "-" * 100_000 + "1"])
def test_any_text_that_python_rejects_is_refused_with_a_message(text):
    """A NUL byte and too deep a nesting are told as the other errors are."""
    with pytest.raises(LabError, match=r"a\.py"):
        check_syntax("a.py", text)


def test_only_python_is_checked():
    """A template or a style sheet is taken as it is."""
    check_syntax("chat/room.html", "{% if %} <p>")


def test_a_part_may_be_methods_of_a_class():
    """A part that is indented throughout is judged without its indentation, a whole file is not."""
    method = "    def receive(self, text):\n        pass\n"
    parse_cell(f"{MAGIC} a.py --part receive\n{method}").check()
    with pytest.raises(LabError, match="unexpected indent"):
        parse_cell(f"{MAGIC} a.py\n{method}").check()
