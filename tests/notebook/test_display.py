from pathlib import Path

from channels_lab.course.workspace import Written
from channels_lab.errors import LabError
from channels_lab.notebook.display import Log, Note, show_written


def test_a_note_is_html_beside_text():
    """A note says the same as text and as HTML, where its characters are escaped."""
    note = Note("a < b & c", lines=["<i>", ""])
    assert repr(note) == "a < b & c\n<i>\n"
    assert "a &lt; b &amp; c" in note._repr_html_()
    assert "&lt;i&gt;" in note._repr_html_()
    assert "Note:" not in note._repr_html_()


def test_a_warning_is_told_by_a_word_and_not_by_colour_alone():
    """A warning begins with a word, in both forms."""
    note = Note("old code", warning=True)
    assert repr(note) == "Note: old code"
    assert "<strong>Note:</strong> old code" in note._repr_html_()


def test_a_log_shows_itself_unquoted():
    """The last expression of a cell may be a log: it is shown with its line ends."""
    assert repr(Log("one\ntwo's")) == "one\ntwo's"


def test_what_a_file_cell_did_is_said_in_a_line(capsys):
    """New, changed, unchanged, and edited elsewhere are told apart."""
    show_written(Written("a.py", None, "x\ny\n"))
    show_written(Written("a.py", "x\n", "x\ny\n"))
    show_written(Written("a.py", "x\n", "x\n", Path("/kept/a.py")))
    said = capsys.readouterr().out.splitlines()
    assert said[:2] == ["a.py: new, 2 lines.", "a.py: 1 line added, 0 removed."]
    assert said[-2:] == [
        "a.py: as before.",
        "Note: The file had been edited elsewhere. That version is kept as /kept/a.py.",
    ]


def test_an_error_of_ours_is_a_message_with_its_fix():
    """An error is shown as what happened, what to do, and the lines worth seeing; empty ones are left out."""
    error = LabError("It broke.", "Mend it.", "line 3")
    assert str(error) == "It broke.\nMend it.\nline 3"
    assert error._render_traceback_() == ["\x1b[1mIt broke.\x1b[0m", "Mend it.", "line 3"]
    assert str(LabError("It broke.")) == "It broke."
