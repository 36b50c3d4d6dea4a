import json
import os
from pathlib import Path

import pytest

from channels_lab.course.course import Chapter, Course
from channels_lab.course.filecell import FileCell
from channels_lab.course.workspace import Workspace
from channels_lab.errors import LabError
from tests import small_course
from tests.small_course import files, save

START = {"config/settings.py": "import os\n\n\nAPPS = []\n\n\nURLS = 1\n", "manage.py": "MANAGE = 1\n"}


@pytest.fixture
def four(small: Course) -> Chapter:
    return small.chapter("04")


@pytest.fixture
def five(small: Course) -> Chapter:
    return small.chapter("05")


def kept(work: Workspace) -> list[Path]:
    return sorted(work.kept.iterdir()) if work.kept.exists() else []


# Opening a chapter


def test_opening_a_chapter_writes_the_project_before_it(work, four):
    """A chapter that is opened first finds the replay of what comes before."""
    opened = work.open(four)
    assert (opened.changed, opened.files, opened.kept) == (True, 2, None)
    assert files(work.project) == START
    assert work.chapter == "04"


def test_opening_again_changes_nothing(work, four):
    """A kernel restart loses nothing: what cells have written and the learner has edited stays."""
    work.open(four)
    work.write(FileCell("config/urls.py", "", "URLS = 9\n"), four)
    (work.project / "mine.py").write_text("mine = 1\n")
    before = files(work.folder)
    assert not work.open(four).changed
    assert files(work.folder) == before


def test_coming_from_another_chapter_replaces_the_project_and_keeps_the_old(work, four, five):
    """From another chapter the replay is written, and the old project, database included, is kept beside."""
    work.open(four)
    work.write(FileCell("config/urls.py", "", "URLS = 9\n"), four)
    (work.project / "db.sqlite3").write_text("rows")
    old = files(work.project)
    opened = work.open(five)
    assert files(work.project) == {
        "config/settings.py": "import os\n\n\nAPPS = [4]\n\n\nURLS = 1\n",
        "config/urls.py": "URLS = 4\n",
        "manage.py": "MANAGE = 1\n",
    }
    assert files(opened.kept) == old
    assert opened.kept.name.endswith("_chapter-04")
    assert work.not_run(five) == five.file_cells[:2]


def test_restart_begins_the_chapter_again(work, four):
    """`restart=True` writes the replay although the workspace is in this chapter, and keeps what was there."""
    work.open(four)
    work.write(FileCell("config/urls.py", "", "URLS = 9\n"), four)
    opened = work.open(four, restart=True)
    assert files(work.project) == START
    assert (opened.kept / "config" / "urls.py").read_text() == "URLS = 9\n"
    assert len(work.not_run(four)) == 2


def test_a_project_that_was_deleted_is_written_anew(work, four):
    """Where the project's folder is gone, opening the same chapter writes it again."""
    work.open(four)
    work.project.rename(work.folder / "away")
    assert work.open(four).changed
    assert files(work.project) == START


def test_places_of_one_second_do_not_collide(work, four):
    """Several restarts within a second keep each project in a place of its own."""
    for _ in range(4):
        work.open(four, restart=True)
    assert len(kept(work)) == 3


# Writing a file cell


def test_a_cell_writes_its_file_and_tells_the_difference(work, four):
    """A file cell's file is written, and what changed is known line by line."""
    work.open(four)
    written = work.write(four.file_cells[0], four)
    assert (work.project / "config/settings.py").read_text() == "import os\n\n\nAPPS = [4]\n\n\nURLS = 1\n"
    assert [line for line in written.difference if line[0] in "+-"] == ["-APPS = []", "+APPS = [4]"]
    assert written.kept is None


def test_a_new_file_has_no_before(work, four):
    """The first writing of a file has nothing before it, and makes the folders that it needs."""
    work.open(four)
    written = work.write(FileCell("a/b/c.py", "", "x = 1\n"), four)
    assert (written.before, written.after) == (None, "x = 1\n")
    assert (work.project / "a/b/c.py").read_text() == "x = 1\n"


def test_a_cell_run_again_replaces_its_part(work, four):
    """Running a part's cell again, changed, replaces that part and no other."""
    work.open(four)
    for text in ("APPS = [1]\n", "APPS = [2]\n"):
        work.write(FileCell("config/settings.py", "apps", text), four)
    work.write(FileCell("config/settings.py", "more", "MORE = 1\n"), four)
    work.write(FileCell("config/settings.py", "apps", "APPS = [3]\n"), four)
    assert (
        work.project / "config/settings.py"
    ).read_text() == "import os\n\n\nAPPS = [3]\n\n\nURLS = 1\n\n\nMORE = 1\n"


def test_a_whole_file_run_again_forgets_its_parts(work, four):
    """A whole-file cell that is run again is the whole file, and the parts after it count as not run."""
    work.open(four)
    work.write(FileCell("a.py", "", "x = 1\n"), four)
    work.write(FileCell("a.py", "more", "y = 1\n"), four)
    work.write(FileCell("a.py", "", "x = 2\n"), four)
    assert (work.project / "a.py").read_text() == "x = 2\n"


def test_the_replay_of_a_chapter_run_in_order_is_the_chapters_end(work, small, four):
    """Running all of a chapter's file cells gives the project with which the next one begins."""
    work.open(four)
    for cell in four.file_cells:
        work.write(cell, four)
    assert files(work.project) == small.after(four).texts()


def test_a_file_that_was_edited_elsewhere_is_kept(work, four):
    """A file that somebody else changed since is kept beside before a cell writes it."""
    work.open(four)
    settings = work.project / "config/settings.py"
    settings.write_text("edited = 1\n")
    written = work.write(four.file_cells[0], four)
    assert written.kept.read_text() == "edited = 1\n"
    assert "APPS = [4]" in settings.read_text()


def test_a_file_that_is_no_text_is_kept(work, four):
    """Bytes that are no text are kept as they are."""
    work.open(four)
    (work.project / "a.py").write_bytes(b"\xff\x00")
    assert work.write(FileCell("a.py", "", "x = 1\n"), four).kept.read_bytes() == b"\xff\x00"


def test_nothing_is_kept_that_a_cell_wrote(work, four):
    """Running cells over and over keeps nothing beside: the cells have it all."""
    work.open(four)
    for cell in [*four.file_cells, *four.file_cells]:
        assert work.write(cell, four).kept is None
    assert kept(work) == []


@pytest.mark.parametrize(
    "cell",
    [
        FileCell("config/settings.py", "", "x = (\n"),
        FileCell("config/settings.py", "apps", "x = (\n"),
        FileCell("config/settings.py", "method", "    def f(self):\n        pass\n"),
    ],
    ids=["whole", "part", "part-in-no-class"],
)
def test_a_cell_that_is_not_python_writes_nothing(work, four, cell):
    """A syntax error, also one that only the whole file has, is refused and changes nothing at all."""
    work.open(four)
    before = files(work.folder)
    with pytest.raises(LabError, match=r"config/settings\.py, line"):
        work.write(cell, four)
    assert files(work.folder) == before


@pytest.mark.parametrize("link", ["file", "folder", "dangling"])
def test_a_link_out_of_the_project_is_not_followed(work, four, tmp_path, link):
    """A path that leads out by a symbolic link is refused, and what lies behind it is untouched."""
    work.open(four)
    victim = tmp_path / "victim"
    victim.mkdir()
    (victim / "x.py").write_text("precious\n")
    if link == "folder":
        (work.project / "out").symlink_to(victim)
    else:
        (work.project / "out").mkdir()
        (work.project / "out" / "x.py").symlink_to(victim / ("x.py" if link == "file" else "new.py"))
    with pytest.raises(LabError, match="leads out of the project by a link"):
        work.write(FileCell("out/x.py", "", "x = 1\n"), four)
    assert files(victim) == {"x.py": "precious\n"}


def test_a_workspace_in_another_chapter_is_not_written(work, four, five):
    """A notebook whose chapter is not the open one is told how to bring it back, and writes nothing."""
    work.open(five)
    before = files(work.folder)
    with pytest.raises(LabError, match="is in chapter 05, and this cell is of 04") as refused:
        work.write(four.file_cells[0], four)
    assert 'open_chapter("04")' in refused.value.fix
    assert files(work.folder) == before


def test_two_notebooks_share_the_journal(work, small, four):
    """A second kernel on the same chapter goes on from what the first has written."""
    work.open(four)
    work.write(four.file_cells[0], four)
    second = Workspace(small, work.folder)
    second.write(FileCell("config/settings.py", "more", "MORE = 1\n"), four)
    assert (
        work.project / "config/settings.py"
    ).read_text() == "import os\n\n\nAPPS = [4]\n\n\nURLS = 1\n\n\nMORE = 1\n"


# What was not run, and what is new


def test_cells_that_were_not_run_are_known(work, five):
    """The file cells not yet run are listed once for each file or part."""
    work.open(five)
    assert [cell.number for cell in work.not_run(five)] == [1, 2]
    work.write(five.file_cells[1], five)
    assert [cell.number for cell in work.not_run(five)] == [1]


def test_the_newest_change_ignores_what_running_has_made(work, four):
    """Databases, bytecode, keys and editors' hidden files are no changes of the code."""
    assert work.newest_change() == (0, "")
    work.open(four)
    os.utime(work.project / "config" / "settings.py", (1, 2e9))
    for name in ("db.sqlite3", "db.sqlite3-journal", ".secret_key", "config/__pycache__/x.pyc", ".git/HEAD"):
        (work.project / name).parent.mkdir(exist_ok=True)
        (work.project / name).write_text("")
        os.utime(work.project / name, (1, 3e9))
    assert work.newest_change() == (2e9, "config/settings.py")


# The journal


@pytest.mark.parametrize(
    "text", ["", "{", "[]", "5", '{"chapter": "04"}', '{"chapter": "04", "cells": [{"x": 1}]}', "\ud800"]
)
def test_a_broken_journal_loses_nothing(work, four, text):
    """A journal that cannot be read counts as none: opening keeps the project beside, and goes on."""
    work.open(four)
    work.write(four.file_cells[1], four)
    old = files(work.project)
    (work.folder / ".lab" / "journal.json").write_bytes(text.encode(errors="surrogatepass"))
    assert work.chapter == ""
    with pytest.raises(LabError, match="is in chapter none"):
        work.write(four.file_cells[0], four)
    opened = work.open(four)
    assert files(opened.kept) == old
    assert files(work.project) == START


# The notebooks


def test_the_notebooks_are_copied_where_they_are_absent(work, small):
    """The first time, every notebook and exercise is copied; the second time, nothing happens."""
    save(small.root / "exercises" / "06_chat" / "06_chat.ipynb", ["x = 1"])
    save(small.root / "notebooks" / ".ipynb_checkpoints" / "04_settings-checkpoint.ipynb", [])
    assert work.prepare() == []
    copies = [
        path.relative_to(work.folder).as_posix() for path in work.folder.rglob("*.ipynb") if ".lab" not in path.parts
    ]
    assert sorted(copies) == [
        "exercises/06_chat/06_chat.ipynb",
        "notebooks/04_settings.ipynb",
        "notebooks/05_router.ipynb",
    ]
    before = files(work.folder)
    assert work.prepare() == []
    assert files(work.folder) == before


def test_a_newer_original_is_laid_beside(work, small):
    """A learner's copy is never touched: a newer original is announced once and placed beside."""
    work.prepare()
    copy, newer = work.notebooks / "04_settings.ipynb", work.notebooks / "04_settings.newer.ipynb"
    copy.write_text("my work")
    save(small.root / "notebooks" / "04_settings.ipynb", ["new = 1"])
    (said,) = work.prepare()
    assert "04_settings.newer.ipynb" in said
    assert copy.read_text() == "my work"
    assert newer.read_bytes() == (small.root / "notebooks" / "04_settings.ipynb").read_bytes()
    assert work.prepare() == []


def test_work_in_a_newer_notebook_is_kept(work, small):
    """Who worked in the notebook laid beside finds it in `kept/` when a still newer one comes."""
    work.prepare()
    (work.notebooks / "04_settings.ipynb").write_text("my work")
    newer = work.notebooks / "04_settings.newer.ipynb"
    save(small.root / "notebooks" / "04_settings.ipynb", ["new = 1"])
    work.prepare()
    newer.write_text("my second work")
    save(small.root / "notebooks" / "04_settings.ipynb", ["new = 2"])
    work.prepare()
    assert [place.read_text() for place in kept(work)] == ["my second work"]
    assert "new = 2" in newer.read_text()


def test_a_copy_that_is_the_newer_original_needs_none_beside(work, small):
    """Where the learner's copy equals the original, nothing is announced, whatever was noted before."""
    work.prepare()
    save(small.root / "notebooks" / "04_settings.ipynb", ["new = 1"])
    (work.notebooks / "04_settings.ipynb").write_bytes((small.root / "notebooks" / "04_settings.ipynb").read_bytes())
    assert work.prepare() == []
    assert not (work.notebooks / "04_settings.newer.ipynb").exists()


def test_a_deleted_copy_comes_back(work):
    """A notebook that the learner moved away is copied afresh."""
    work.prepare()
    copy = work.notebooks / "04_settings.ipynb"
    content = copy.read_bytes()
    copy.unlink()
    assert work.prepare() == []
    assert copy.read_bytes() == content


# Beginning anew


def test_reset_deletes_nothing(work, four):
    """After a reset every file of before is in one kept folder, and the notebooks are fresh."""
    work.prepare()
    work.open(four)
    (work.notebooks / "04_settings.ipynb").write_text("my work")
    (work.project / "db.sqlite3").write_text("rows")
    before = files(work.folder)
    place = work.reset()
    assert files(place) == before
    assert not work.project.exists()
    assert "my work" not in (work.notebooks / "04_settings.ipynb").read_text()
    assert work.chapter == ""


def test_reset_of_nothing_makes_a_workspace(work):
    """A reset where nothing is yet copies the notebooks and keeps nothing."""
    assert work.reset() is None
    assert len(list(work.notebooks.iterdir())) == 2


def test_resets_do_not_collide(work, four):
    """Two resets within a second keep both."""
    for word in ("one", "two"):
        work.open(four)
        (work.project / "mine.txt").write_text(word)
        work.reset()
    assert sorted((place / "project" / "mine.txt").read_text() for place in kept(work)) == ["one", "two"]


# A file system that refuses


def mine(work: Workspace) -> dict[str, str]:
    return {name: text for name, text in files(work.folder).items() if not name.startswith(".lab/")}


@pytest.mark.parametrize("edited", [False, True])
def test_a_full_disk_at_a_cell_loses_nothing(work, four, full_disk, edited):
    """A cell that cannot be written says why, leaves every file as it was, and works once there is room."""
    work.open(four)
    if edited:
        (work.project / "config" / "settings.py").write_text("edited = 1\n")
    before = files(work.folder)
    with pytest.raises(LabError, match=r"cannot be written: .+ Nothing was lost\.") as refused, full_disk():
        work.write(four.file_cells[0], four)
    assert "Free some space" in refused.value.fix
    assert files(work.folder) == before
    assert "APPS = [4]" in work.write(four.file_cells[0], four).after


@pytest.mark.parametrize("restart", [False, True])
def test_a_full_disk_at_opening_loses_nothing(work, four, five, full_disk, restart):
    """A chapter that cannot be opened leaves the project where and as it was."""
    work.open(four)
    work.write(four.file_cells[1], four)
    before = files(work.folder)
    with pytest.raises(LabError, match="Nothing was lost"), full_disk():
        work.open(four if restart else five, restart=restart)
    assert files(work.folder) == before
    assert work.chapter == "04"
    assert work.open(five).changed


def test_a_full_disk_at_copying_notebooks_loses_nothing(work, small, full_disk):
    """Notebooks that cannot be copied leave no half copies, and the learner's as they are."""
    work.prepare()
    (work.notebooks / "04_settings.ipynb").write_text("my work")
    save(small.root / "notebooks" / "04_settings.ipynb", ["new = 1"])
    before = files(work.folder)
    with pytest.raises(LabError, match="Nothing was lost"), full_disk():
        work.prepare()
    assert files(work.folder) == before
    assert len(work.prepare()) == 1


def test_a_journal_that_cannot_be_written_never_lies(tmp_path, full_disk):
    """Where only the journal finds no room, the workspace is in no chapter rather than in a wrong one."""
    course = small_course.write(tmp_path / "short", {"04_a": [], "05_b": []}, {"04/a.py": "", "05/b.py": ""})
    work = Workspace(course, tmp_path / "work")
    work.open(course.chapter("04"))
    with pytest.raises(LabError, match=r"journal\.json cannot be written"), full_disk():
        work.open(course.chapter("05"))
    assert list(files(work.project)) == ["a.py", "b.py"]
    assert work.chapter == ""
    assert work.open(course.chapter("04")).changed


def test_a_faulty_line_is_counted_in_its_cell(work, four):
    """A part that is not Python is told with the line of the cell, where it is mended, not of the file."""
    work.open(four)
    with pytest.raises(LabError, match=r"config/settings\.py, line 2"):
        work.write(FileCell("config/settings.py", "urls", "URLS = 2\nMORE = (\n"), four)


def test_a_folder_where_a_file_should_be_is_told(work, four):
    """A folder in a file's place is answered with a message, and so is a file in a folder's."""
    work.open(four)
    (work.project / "a.py").mkdir()
    with pytest.raises(LabError, match=r"a\.py cannot be written"):
        work.write(FileCell("a.py", "", "x = 1\n"), four)
    with pytest.raises(LabError, match="cannot be written"):
        work.write(FileCell("manage.py/x.py", "", "x = 1\n"), four)


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="no /proc here, which not even root can write")
def test_a_workspace_that_cannot_be_written_names_the_way_out(small, four):
    """A read-only place is answered with the variable that names another."""
    work = Workspace(small, Path("/proc/channels-lab"))
    for act in (lambda: work.open(four), work.prepare, work.reset):
        with pytest.raises(LabError, match=r"/proc/channels-lab.* cannot be written") as refused:
            act()
        assert "CHANNELS_LAB_WORKSPACE" in refused.value.fix


def test_a_file_keeps_its_mode(work, four):
    """A cell leaves a file's permissions as they are; a new file may be read by all."""
    work.open(four)
    (work.project / "manage.py").chmod(0o755)
    work.write(FileCell("manage.py", "", "x = 1\n"), four)
    assert (work.project / "manage.py").stat().st_mode & 0o777 == 0o755
    assert (work.project / "config" / "settings.py").stat().st_mode & 0o777 == 0o644
    assert work.project.stat().st_mode & 0o777 == 0o755


def test_the_journal_is_plain_json(work, four):
    """The journal can be read by a person."""
    work.open(four)
    work.write(four.file_cells[1], four)
    journal = json.loads((work.folder / ".lab" / "journal.json").read_text())
    assert journal["chapter"] == "04"
    assert journal["cells"][0]["path"] == "config/urls.py"
