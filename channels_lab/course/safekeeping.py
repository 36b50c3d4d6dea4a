"""Writing files whole or not at all, and keeping beside what is replaced."""

import os
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from channels_lab.errors import LabError

__all__ = ["keep", "own_files", "told", "write"]


def write(path: Path, content: bytes) -> None:
    """Write a file whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=f".{path.name[:40]}-", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        Path(name).chmod(path.stat().st_mode & 0o777 if path.exists() else 0o644)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def keep(folder: Path, label: str, *moved: Path, copied: Path | None = None) -> Path | None:
    """Move files or folders, or copy a file, to a new place in `folder`; returns the place, None for nothing.

    One thing takes the place itself, several go into it by their names.
    """
    there = [path for path in moved if path.exists()]
    if not there and copied is None:
        return None
    with told(folder):
        place = _free_place(folder, label)
        if copied is not None:
            write(place, copied.read_bytes())
        elif len(moved) == 1:
            there[0].rename(place)
        else:
            place.mkdir()
            for path in there:
                path.rename(place / path.name)
    return place


def own_files(folder: Path) -> Iterator[Path]:
    """The files of a project that someone wrote: neither hidden ones nor what running it has made."""
    for place, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if name != "__pycache__" and not name.startswith("."))
        yield from (Path(place, name) for name in sorted(names) if not name.startswith((".", "db.sqlite3")))


@contextmanager
def told(path: Path) -> Iterator[None]:
    """Turn a refusal of the file system into a message with its fix."""
    try:
        yield
    except OSError as error:
        reason = error.strerror or str(error)
        raise LabError(
            f"{path} cannot be written: {reason}. Nothing was lost.",
            "Free some space, or make the folder writable, and try again; "
            "CHANNELS_LAB_WORKSPACE may name another folder.",
        ) from None


def _free_place(folder: Path, label: str) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    stamp, again = time.strftime("%Y-%m-%d_%H.%M.%S"), 1
    place = folder / f"{stamp}_{label}"
    while place.exists():
        again += 1
        place = folder / f"{stamp}-{again}_{label}"
    return place
