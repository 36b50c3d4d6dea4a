import pytest

from channels_lab.course.course import Course
from channels_lab.course.site import Site
from channels_lab.errors import LabError
from tests import small_course
from tests.small_course import files


def test_the_site_is_the_replay_of_the_course(small):
    """The site holds every file at its last state, and a README that says who wrote which."""
    Site(small).write()
    site = files(small.root / "tutorial_project")
    readme = site.pop("README.md")
    assert site == small.finished().texts()
    assert "| `config/settings.py` | 04_settings: given; 04_settings: cell 2; 05_router: cell 1 |" in readme


def test_a_site_just_written_has_no_differences(small):
    """What was written is what should be there, and writing it again changes nothing."""
    Site(small).write()
    before = files(small.root / "tutorial_project")
    assert Site(small).differences() == []
    Site(small).write()
    assert files(small.root / "tutorial_project") == before


def test_differences_name_the_file_and_the_cell(small):
    """A file that differs is named with the cell that writes it, a missing one too, a stray one as such."""
    Site(small).write()
    site = small.root / "tutorial_project"
    (site / "config" / "asgi.py").write_text("edited = 1\n")
    (site / "config" / "urls.py").unlink()
    (site / "stray.py").write_bytes(b"\xff")
    assert Site(small).differences() == [
        "tutorial_project/config/asgi.py: differs from 05_router: cell 3",
        "tutorial_project/config/urls.py: missing; written by 04_settings: cell 3",
        "tutorial_project/stray.py: no cell writes it",
    ]


def test_every_byte_counts(small):
    """Line ends of another system and bytes that are no text are differences."""
    Site(small).write()
    urls = small.root / "tutorial_project" / "config" / "urls.py"
    for content in (b"URLS = 4\r\n", b"URLS = 4\n\xff"):
        urls.write_bytes(content)
        assert len(Site(small).differences()) == 1


def test_writing_takes_stray_files_away_and_leaves_what_running_made(small):
    """Files that no cell writes go, with their empty folders; databases, keys and hidden files stay."""
    site = small.root / "tutorial_project"
    made = {"db.sqlite3": "rows", ".secret_key": "key", "config/.DS_Store": ""}
    for name, text in {**made, "old/app/x.py": "", "old/app/__pycache__/x.pyc": ""}.items():
        (site / name).parent.mkdir(parents=True, exist_ok=True)
        (site / name).write_text(text)
    Site(small).write()
    assert not (site / "old").exists()
    assert {name: files(site)[name] for name in made} == made
    assert Site(small).differences() == []


def test_parts_that_make_no_python_together_are_named(tmp_path):
    """Where each part is Python and the file is not, the build names file, line and cells, and writes nothing."""
    course = small_course.write(
        tmp_path / "c", {"04_a": ["%%project_file a.py\nx = 1", "%%project_file a.py --part m\n    y = 1"]}
    )
    with pytest.raises(LabError, match=r"a\.py, line 3: unexpected indent") as refused:
        Site(course).write()
    assert "04_a: cell 1; 04_a: cell 2" in refused.value.fix
    assert not (course.root / "tutorial_project").exists()


def test_a_full_disk_loses_no_file_of_the_site(small, full_disk):
    """A site that cannot be written says why and keeps its old files."""
    Site(small).write()
    before = files(small.root / "tutorial_project")
    with pytest.raises(LabError, match="Nothing was lost"), full_disk():
        Site(Course(small.root)).write()
    assert files(small.root / "tutorial_project") == before
