"""What lies in a place of submissions: a folder in nbgrader's layout, a flat folder of notebooks, or a zip."""

import stat
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import tzinfo
from pathlib import Path, PurePosixPath

from channels_lab.errors import LabError
from channels_lab.marking.handed_in import HandedIn, of_file, of_member

__all__ = ["MOST_BYTES", "Found", "Rejected", "find_notebooks"]

MOST_BYTES = 5 * 2**20
_MOST_FILES = 20_000
_PASSED_OVER = {".ipynb_checkpoints", "__MACOSX", "__pycache__"}
# What a teacher may keep beside notebooks: deadlines and lists.
_TEACHERS = {".toml", ".csv"}


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
    below = [(path, path.relative_to(place)) for path in sorted(place.rglob("*"))]
    yield from _without_notebook([PurePosixPath(inside) for path, inside in below if path.is_file()])
    for path, inside in below:
        if path.suffix != ".ipynb" or _PASSED_OVER & set(inside.parts):
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
            members = archive.infolist()[:_MOST_FILES]
            yield from _without_notebook([PurePosixPath(one.filename) for one in members if not one.is_dir()])
            for number, member in enumerate(members):
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


def _without_notebook(files: Iterable[PurePosixPath]) -> Iterator[Rejected]:
    """Of each folder of files without a notebook the file that lies highest; and the files that lie in no folder."""
    files = [one for one in files if not _PASSED_OVER & set(one.parts) and not one.name.startswith(".")]
    holding = {folder for one in files if one.suffix == ".ipynb" for folder in one.parents}
    told: set[PurePosixPath] = set()
    for one in sorted(files, key=lambda file: (len(file.parts), file)):
        if one.suffix == ".ipynb" or (len(one.parts) == 1 and one.suffix in _TEACHERS):
            continue
        empty = [folder for folder in one.parents if folder not in holding]
        highest = empty[-1] if empty else one
        if highest not in told and (empty or len(one.parts) == 1):
            told.add(highest)
            yield Rejected(
                str(one), "It is no notebook, and there is none beside it." if empty else "It is no notebook."
            )
