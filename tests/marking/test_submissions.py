"""Submissions: three layouts, and all that may lie among them."""

import json
import os
import zipfile
from pathlib import Path

import pytest

from channels_lab.course.course import Course
from channels_lab.errors import LabError
from channels_lab.marking.found import MOST_BYTES
from channels_lab.marking.platforms import platform_number
from channels_lab.marking.submissions import Submitted
from tests.grading.answers import models
from tests.marking.classes import submit, submitted

MODEL = {one.number: one.files for one in models() if one.number == "06.1"}


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A folder to submit to."""
    folder = tmp_path / "submitted"
    folder.mkdir()
    return folder


def look(course: Course, place: Path) -> Submitted:
    """What lies there."""
    return Submitted(course, place, place.parent / "beside")


def test_nbgraders_layout(course: Course, place: Path) -> None:
    """A student is the folder's name; answers are those of the cells, and what was not touched is not attempted."""
    submit(place, "ada", MODEL)
    submit(place, "bob", {})
    found = look(course, place)
    assert [one.key for one in found.submissions] == ["ada/06", "bob/06"] and not found.rejected
    given, without = found.answers(found.submissions[0])
    assert given["06.1"].attempted and not given["06.2"].attempted and not without


def test_a_flat_folder_and_a_zip(course: Course, place: Path) -> None:
    """In a folder of notebooks a file's name is the student's, in a zip as well."""
    (place / "ada.ipynb").write_text(submitted(MODEL))
    (place / "notes.txt").write_text("hi")
    assert [one.key for one in look(course, place).submissions] == ["ada/06"]
    packed = place.parent / "class.zip"
    with zipfile.ZipFile(packed, "w") as archive:
        archive.write(place / "ada.ipynb", "06/ada.ipynb")
        archive.write(place / "ada.ipynb", "bob/06_sync_consumer/06_sync_consumer.ipynb")
        archive.writestr("__MACOSX/06/._ada.ipynb", "x")
    assert [one.key for one in look(course, packed).submissions] == ["ada/06", "bob/06"]


@pytest.mark.parametrize("packed", [False, True])
def test_what_holds_no_notebook(packed: bool, course: Course, place: Path) -> None:
    """A student who has handed in something else is named, once, and the chapter; files beside a notebook are not."""
    submit(place, "ada", MODEL)
    (place / "ada/06_sync_consumer/timestamp.txt").write_text("2026-11-20 18:03:12.123456 UTC")
    for name in ("eve/06_sync_consumer/answers.docx", "eve/06_sync_consumer/more/x.py", "fay/report.pdf", "class.csv"):
        (place / name).parent.mkdir(parents=True, exist_ok=True)
        (place / name).write_text("hi")
    (place / "notes.txt").write_text("hi")
    if packed:
        with zipfile.ZipFile(place.parent / "class.zip", "w") as archive:
            for path in sorted(place.rglob("*.*")):
                archive.write(path, path.relative_to(place))
        place = place.parent / "class.zip"
    found = look(course, place)
    assert [one.key for one in found.submissions] == ["ada/06"]
    none = "It is no notebook, and there is none beside it."
    assert [(one.name, one.reason, one.student, one.chapter) for one in found.rejected] == [
        ("notes.txt", "It is no notebook.", "notes", ""),
        ("fay/report.pdf", none, "report", ""),
        ("eve/06_sync_consumer/answers.docx", none, "eve", "06"),
    ]


def test_a_folder_for_each_student(course: Course, place: Path) -> None:
    """A notebook that has kept its name is of the student whose folder it lies in."""
    for student in ("ada", "bob"):
        (place / student).mkdir()
        (place / student / "06_sync_consumer.ipynb").write_text(submitted(MODEL))
    assert [one.key for one in look(course, place).submissions] == ["ada/06", "bob/06"]


def test_what_a_zip_may_hold(course: Course, place: Path) -> None:
    """Paths that lead out of a zip, and what is far bigger than it says, are named and go nowhere."""
    packed = place.parent / "class.zip"
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("../../out.ipynb", submitted(MODEL))
        archive.writestr("/tmp/out.ipynb", submitted(MODEL))
        archive.writestr("big.ipynb", " " * (50 << 20))
    found = look(course, packed)
    assert not found.submissions
    assert [one.name for one in found.rejected] == ["../../out.ipynb", "/tmp/out.ipynb", "big.ipynb"]
    assert not list(place.parent.parent.glob("out.ipynb"))
    assert max(path.stat().st_size for path in (place.parent / "beside").iterdir()) <= MOST_BYTES + 1


@pytest.mark.parametrize(
    "name, text, reason",
    [
        ("ada.ipynb", "<html>", "is not a notebook any more"),
        ("ada.ipynb", "{", "is not a notebook any more"),
        ("ada.ipynb", "[" * 100_000, "is not a notebook any more"),
        ("ada.ipynb", '{"nbformat": 4, "cells": []}', "no tasks of this course"),
        ("ada.ipynb", " " * (MOST_BYTES + 1), "5 MiB"),
        ("=1+1.ipynb", "", "is no name of a student"),
        ("<script>.ipynb", "", "is no name of a student"),
    ],
)
def test_what_is_no_submission(name: str, text: str, reason: str, course: Course, place: Path) -> None:
    """What cannot be judged is named with its reason, and the others are judged."""
    (place / name).write_text(text)
    (place / "bob.ipynb").write_text(submitted({}))
    found = look(course, place)
    assert [one.key for one in found.submissions] == ["bob/06"]
    assert [one.name for one in found.rejected] == [name] and reason in found.rejected[0].reason


def test_a_link_is_not_followed(course: Course, place: Path, tmp_path: Path) -> None:
    """Neither a notebook nor a folder that is a link counts."""
    (tmp_path / "other.ipynb").write_text(submitted(MODEL))
    (place / "ada.ipynb").symlink_to(tmp_path / "other.ipynb")
    found = look(course, place)
    assert not found.submissions and "link" in found.rejected[0].reason


def test_the_same_student_twice(course: Course, place: Path) -> None:
    """Of two submissions of one chapter the newer counts, and the other is named."""
    new = submit(place, "ada", MODEL)
    old = place / "ada.ipynb"
    old.write_text(submitted({}))
    os.utime(old, (1, 1))
    found = look(course, place)
    assert [one.notebook for one in found.submissions] == [new]
    assert "twice" in found.rejected[0].reason


def test_a_notebook_in_another_chapters_folder(course: Course, place: Path) -> None:
    """What a notebook holds says which chapter it is of, and that its folder says another is noted."""
    there = submit(place, "ada", MODEL)
    there.parent.rename(there.parent.with_name("05_router"))
    (found,) = look(course, place).submissions
    assert found.key == "ada/06" and found.note == "Its place says chapter 05; its tasks are of 06."


def test_nothing_to_judge(course: Course, place: Path) -> None:
    """An empty folder, and one that is not there, are told."""
    with pytest.raises(LabError, match="There is no notebook"):
        look(course, place)
    with pytest.raises(LabError, match="no folder and no zip"):
        look(course, place / "nowhere")


def test_a_students_name_in_a_platforms_download(course: Course, place: Path) -> None:
    """Moodle's folders and Canvas' file names say whose a notebook is, with the platform's number, in any script."""
    (place / "हिन्दी.ipynb").write_text(submitted({}))
    for name in (
        "Sea\u0301n O'Brien_101_assignsubmission_file_/06_sync_consumer.ipynb",
        "Ada Lovelace_102_assignsubmission_file_06_sync_consumer.ipynb",
        "hoppergrace_LATE_103_9001_06_sync_consumer-1.ipynb",
    ):
        (place / name).parent.mkdir(exist_ok=True)
        (place / name).write_text(submitted({}))
    found = look(course, place)
    students = [one.student for one in found.submissions]
    assert students == ["Ada Lovelace_102", "Se\u00e1n O'Brien_101", "hoppergrace_103", "हिन्दी"]
    assert [platform_number(student) for student in students] == ["102", "101", "103", ""]
    assert not platform_number("ada")


def test_checks_that_were_changed(course: Course, place: Path) -> None:
    """A check that was edited, deleted, doubled or moved changes no answer, and is noted where it is not as given."""
    path = submit(place, "ada", MODEL)
    notebook = json.loads(path.read_text())
    cells = notebook["cells"]
    at = next(number for number, cell in enumerate(cells) if 'check("06.1")' in "".join(cell["source"]))
    edited = cells[at] | {"source": ['points = 4 or check("06.1")']}
    changes = {
        "given": cells,
        "edited": [*cells[:at], edited, *cells[at + 1 :]],
        "deleted": [*cells[:at], *cells[at + 1 :]],
        "doubled": [*cells, cells[at] | {"id": "again"}],
        "moved": [cells[at], *cells[:at], *cells[at + 1 :]],
    }
    for name, changed in changes.items():
        path.write_text(json.dumps(notebook | {"cells": changed}))
        found = look(course, place)
        given, without = found.answers(found.submissions[0])
        assert given["06.1"].files == MODEL["06.1"] and not without
        assert bool(given["06.1"].notes) is (name != "given"), (name, given["06.1"].notes)
