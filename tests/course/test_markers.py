import pytest

from channels_lab.course.markers import is_marked, model_text, with_instead
from channels_lab.errors import LabError

SOURCE = """\
def receive(self, text):
    ### BEGIN SOLUTION
    self.send(dumps(text))
    ### INSTEAD
    # self.send(text)
    #
    # if text:
    #     self.close()
    ### END SOLUTION
    return
"""


def test_the_model_answer_is_the_text_without_markers():
    """What stands between BEGIN and INSTEAD is the answer; the markers and what stands below INSTEAD are left out."""
    assert model_text(SOURCE) == "def receive(self, text):\n    self.send(dumps(text))\n    return\n"
    assert model_text("x = 1\n") == "x = 1\n"


def test_what_stands_below_instead_takes_the_place_of_the_answer():
    """The lines below INSTEAD lose their comment signs and keep their depth."""
    text, replaced = with_instead(SOURCE)
    assert replaced
    assert text == "def receive(self, text):\n    self.send(text)\n\n    if text:\n        self.close()\n    return\n"


def test_a_region_without_instead_stays():
    """A region that has no INSTEAD is left to nbgrader, beside one that has."""
    plain = "### BEGIN SOLUTION\nx = 1\n### END SOLUTION"
    assert with_instead(plain) == (plain, False)
    both = f"{plain}\n### BEGIN SOLUTION\ny = 1\n### INSTEAD\n# y = 2\n### END SOLUTION"
    assert with_instead(both) == (f"{plain}\ny = 2", True)


@pytest.mark.parametrize(
    ("mark", "line"),
    [
        ("// {}", "// send(1)"),
        ("<!-- {} -->", "<!-- send(1) -->"),
        ("/* {} */", "/* send(1) */"),
        ("# {}", "# send(1)"),
    ],
)
def test_markers_are_comments_of_any_language(mark, line):
    """JavaScript, HTML and CSS have the same markers in their own comments."""
    begin, instead, end = (mark.format(word) for word in ("BEGIN SOLUTION", "INSTEAD", "END SOLUTION"))
    source = f"a\n{begin}\nb\n{instead}\n  {line}\n{end}\nc"
    assert with_instead(source) == ("a\n  send(1)\nc", True)
    assert model_text(source) == "a\nb\nc"
    assert is_marked(source)


def test_a_line_below_instead_that_is_code_is_refused():
    """Code below INSTEAD would run in the source notebook: the line is named."""
    with pytest.raises(LabError, match=r"no comment: 'y = 2'"):
        with_instead("### BEGIN SOLUTION\ny = 1\n### INSTEAD\ny = 2\n### END SOLUTION")


def test_the_word_in_a_learners_comment_is_no_marker():
    """Only a line that is nothing but the word marks."""
    assert not is_marked("x = 1  # INSTEAD of 2\n# INSTEAD of this\n")
