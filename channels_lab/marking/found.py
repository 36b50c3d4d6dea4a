"""What lies in a place of submissions: a folder in nbgrader's layout, a flat folder of notebooks, or a zip."""

import stat
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import tzinfo
from pathlib import Path, PurePosixPath

from channels_lab.errors import LabError
from channels_lab.marking.handed_in import HandedIn, of_file, of_member

__all__ = ["MOST_BYTES", "Found", "Rejected", "find_notebooks"]

MOST_BYTES = 5 * 2**20
_MOST_FILES = 20_000
_PASSED_OVER = {".ipynb_checkpoints", "__MACOSX", "__pycache__"}


@dataclass(frozen=True)
class Found:
    """A notebook: its path inside the place, where it can be read, and when it was handed in."""

    name: str
    path: Path
    handed_in: HandedIn


@dataclass(frozen=True)
class Rejected:
    """What lay among the submissions and is not judged, and why; whose and which chapter's, where that is known."""

    name: str
    reason: str
    student: str = ""
    chapter: str = ""


def find_notebooks(place: Path, beside: Path, zone: tzinfo) -> Iterator[Found | Rejected]:
    """The notebooks in a place, in order, and what is none that may be read; raises LabError for no folder or zip.

    A zip is unpacked into `beside`: notebooks only, under names of ours; its times are those of `zone`.
    """
    if place.is_file() and zipfile.is_zipfile(place):
        yield from _unpacked(place, beside, zone)
        return
    if not place.is_dir():
        raise LabError(f"There is no folder and no zip of submissions at {place}.")
    for path in sorted(place.rglob("*.ipynb")):
        inside = path.relative_to(place)
        if _PASSED_OVER & set(inside.parts):
            continue
        above = [path, *(place / parent for parent in list(inside.parents)[:-1])]
        if any(one.is_symlink() for one in above):
            yield Rejected(str(inside), "It is a link, which is not followed.")
        elif not stat.S_ISREG(path.stat().st_mode):
            yield Rejected(str(inside), "It is no file.")
        else:
            yield Found(inside.as_posix(), path, of_file(path, alone=len(inside.parts) >= 3))


def _unpacked(place: Path, beside: Path, zone: tzinfo) -> Iterator[Found | Rejected]:
    beside.mkdir(parents=True, exist_ok=True)
    try:
        with zipfile.ZipFile(place) as archive:
            for number, member in enumerate(archive.infolist()[:_MOST_FILES]):
                inside = PurePosixPath(member.filename)
                if member.is_dir() or inside.suffix != ".ipynb" or _PASSED_OVER & set(inside.parts):
                    continue
                if inside.is_absolute() or ".." in inside.parts or "\\" in member.filename:
                    yield Rejected(member.filename, "Its path leads out of the zip.")
                    continue
                path = beside / f"{number}.ipynb"
                with archive.open(member) as packed:
                    # What it claims to be may be less than it is.
                    path.write_bytes(packed.read(MOST_BYTES + 1))
                yield Found(inside.as_posix(), path, of_member(archive, member, zone, alone=len(inside.parts) >= 3))
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError) as error:
        raise LabError(f"{place.name} cannot be unpacked: {error}.") from None
