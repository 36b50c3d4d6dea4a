import pytest

from channels_lab.course.filecell import FileCell
from channels_lab.course.replay import Replay, split_parts
from channels_lab.errors import LabError


def replayed(*cells: tuple[str, str], given: str | None = None) -> str:
    replay = Replay()
    if given is not None:
        replay.give("a.py", given)
    return replay.apply_all(FileCell("a.py", part, text) for part, text in cells).texts()["a.py"]


def test_parts_stand_in_the_order_in_which_they_first_came():
    """A file is its parts in the order of their first appearance, with two blank lines between them."""
    assert replayed(("b", "B = 1\n"), ("a", "A = 1\n"), ("c", "C = 1\n")) == "B = 1\n\n\nA = 1\n\n\nC = 1\n"


def test_a_part_that_comes_again_is_replaced_in_its_place():
    """The last text of a part counts, in the place of the first."""
    assert replayed(("a", "A = 1\n"), ("b", "B = 1\n"), ("a", "A = 2\n")) == "A = 2\n\n\nB = 1\n"


def test_a_whole_file_replaces_its_parts():
    """A cell without a part is the whole file, whatever the parts were."""
    assert replayed(("a", "A = 1\n"), ("", "X = 1\n")) == "X = 1\n"


def test_a_part_is_appended_to_a_whole_file():
    """A part after a whole file follows it."""
    assert replayed(("", "X = 1\n"), ("a", "A = 1\n")) == "X = 1\n\n\nA = 1\n"


def test_a_whole_file_is_verbatim():
    """A whole file keeps its blank lines at both ends."""
    assert replayed(("", "\n\nX = 1\n\n\n")) == "\n\nX = 1\n\n\n"


def test_an_empty_part_takes_no_room():
    """A part without text leaves no blank lines, and may be filled later, in its place."""
    assert replayed(("a", ""), ("b", "B = 1\n")) == "B = 1\n"
    assert replayed(("a", ""), ("b", "B = 1\n"), ("a", "A = 1\n")) == "A = 1\n\n\nB = 1\n"


def test_a_given_file_may_have_parts():
    """Lines `# part: NAME` cut a given file into parts, are not part of it, and cells replace them."""
    given = "import os\n\n# part: apps\nAPPS = []\n\n# part: urls\nURLS = 1\n"
    assert replayed(given=given) == "import os\n\n\nAPPS = []\n\n\nURLS = 1\n"
    assert replayed(("apps", "APPS = [2]\n"), given=given) == "import os\n\n\nAPPS = [2]\n\n\nURLS = 1\n"


def test_a_given_file_without_marks_is_verbatim():
    """A given file that has no parts is taken as it is, also when it is empty."""
    assert split_parts("# party: no\n\nX = 1\n\n") == {"": "# party: no\n\nX = 1\n\n"}
    assert split_parts("") == {"": ""}


def test_a_given_file_that_begins_with_a_part_has_nothing_before_it():
    """Nothing stands before a first part at the top."""
    assert split_parts("# part: a\nA = 1\n") == {"a": "A = 1\n"}


def test_a_later_given_file_of_parts_leaves_the_others():
    """A given file that begins with a part replaces and adds parts of the earlier one; any other replaces it whole."""
    replay = Replay()
    replay.give("a.py", "# part: apps\nAPPS = []\n\n# part: urls\nURLS = 1\n", "04: given")
    replay.apply(FileCell("a.py", "urls", "URLS = 2\n"), "04: cell 2")
    replay.give("a.py", "# part: urls\nURLS = 3\n\n# part: csp\nCSP = 4\n", "05: given")
    assert replay.texts()["a.py"] == "APPS = []\n\n\nURLS = 3\n\n\nCSP = 4\n"
    assert replay.files["a.py"].sources == ["04: given", "04: cell 2", "05: given"]
    replay.give("a.py", "X = 5\n", "06: given")
    assert (replay.texts()["a.py"], replay.files["a.py"].sources) == ("X = 5\n", ["06: given"])


def test_a_part_that_begins_twice_in_a_given_file_is_refused():
    """A given file that names a part twice is refused, as one of the two would be lost."""
    with pytest.raises(LabError, match=r"a\.py \(04: given\): the part 'x' begins twice"):
        Replay().give("a.py", "# part: x\nA = 1\n# part: x\nB = 1\n", "04: given")


def test_who_wrote_a_file_is_known():
    """A file's sources are all that wrote it, in order."""
    replay = Replay()
    replay.give("a.py", "", "04: given")
    replay.apply(FileCell("a.py", "", "X = 1\n"), "05: cell 2")
    replay.apply(FileCell("a.py", "more", "Y = 1\n"), "05: cell 3")
    assert replay.files["a.py"].sources == ["04: given", "05: cell 2", "05: cell 3"]


def test_files_are_listed_by_path():
    """The texts come in the order of their paths."""
    replay = Replay().apply_all(FileCell(path, "", "") for path in ("b.py", "a/z.py", "a.py"))
    assert list(replay.texts()) == ["a.py", "a/z.py", "b.py"]
