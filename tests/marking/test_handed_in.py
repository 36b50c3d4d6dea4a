"""When a submission was handed in: the clocks that are asked, one after another."""

import os
import struct
import zipfile
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from channels_lab.marking.handed_in import HandedIn, of_file, of_member

AT = datetime(2026, 11, 20, 18, 3, 12, tzinfo=UTC)


@pytest.fixture
def notebook(tmp_path: Path) -> Path:
    """A file with a time of its own."""
    path = tmp_path / "06_sync_consumer.ipynb"
    path.write_text("{}")
    os.utime(path, (AT.timestamp(), AT.timestamp()))
    return path


@pytest.mark.parametrize(
    "text",
    [
        "2026-11-20 18:03:12.000000 UTC",
        "2026-11-20 18:03:12",
        "2026-11-20 19:03:12 +0100",
        "2026-11-20 19:03:12 Europe/Berlin\n",
        "2026-11-20T19:03:12+01:00",
    ],
)
def test_nbgraders_timestamp(text: str, notebook: Path) -> None:
    """What nbgrader writes beside a notebook is read as nbgrader reads it; in a flat folder nobody looks for it."""
    os.utime(notebook, (0, 0))
    notebook.with_name("timestamp.txt").write_text(text)
    assert of_file(notebook, alone=True) == HandedIn(AT, "timestamp.txt")
    assert of_file(notebook, alone=False).at == datetime.fromtimestamp(0, UTC)


@pytest.mark.parametrize("text", ["", "yesterday", "2026-11-20 18:03:12 ../../etc/passwd", "9" * 10_000, "\0 \0 \0"])
def test_a_timestamp_that_is_none(text: str, notebook: Path) -> None:
    """Where the file holds no time, that of the notebook counts, and it is said."""
    notebook.with_name("timestamp.txt").write_text(text)
    found = of_file(notebook, alone=True)
    assert found.at == AT and found.clock == "the file's time" and "holds no time" in found.note


def test_a_timestamp_that_is_a_link(notebook: Path, tmp_path: Path) -> None:
    """A link in the place of the timestamp is not followed."""
    (tmp_path / "other").write_text("2020-01-01 00:00:00 UTC")
    notebook.with_name("timestamp.txt").symlink_to(tmp_path / "other")
    assert of_file(notebook, alone=True) == HandedIn(AT, "the file's time")


def test_the_times_in_a_zip(tmp_path: Path) -> None:
    """Of a member counts its timestamp.txt, its time in UTC, or its time in the teacher's zone, and 1980 is no time."""
    zone = ZoneInfo("Europe/Berlin")
    with zipfile.ZipFile(tmp_path / "class.zip", "w") as archive:
        archive.writestr(zipfile.ZipInfo("ada/06/06.ipynb", (2000, 1, 1, 0, 0, 0)), "{}")
        archive.writestr("ada/06/timestamp.txt", "2026-11-20 18:03:12 UTC")
        exact = zipfile.ZipInfo("bob.ipynb", (2000, 1, 1, 0, 0, 0))
        exact.extra = struct.pack("<HHHHBi", 1, 2, 0, 0x5455, 5, 0)[:8] + struct.pack("<HBi", 5, 1, int(AT.timestamp()))
        archive.writestr(exact, "{}")
        archive.writestr(zipfile.ZipInfo("cleo.ipynb", (2026, 11, 20, 19, 3, 12)), "{}")
        archive.writestr(zipfile.ZipInfo("dan.ipynb", (1980, 1, 1, 0, 0, 0)), "{}")
        broken = zipfile.ZipInfo("eve.ipynb")
        broken.date_time = (2026, 0, 0, 0, 0, 0)
        archive.writestr(broken, "{}")
    with zipfile.ZipFile(tmp_path / "class.zip") as archive:
        members = [one for one in archive.infolist() if one.filename.endswith(".ipynb")]
        ada, bob, cleo, dan, eve = (of_member(archive, one, zone, alone=True) for one in members)
    assert ada == HandedIn(AT, "timestamp.txt")
    assert bob.at == cleo.at == AT
    assert not dan.at and "does not say" in dan.note
    assert not eve.at and eve.note
