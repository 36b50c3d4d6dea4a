"""A packed tree: a project's files as one, on their way from who has them into a sandbox.

The same Python packs and unpacks. An archive of the library's looks at each name again, which takes longer than all
the rest.
"""

import marshal
import os
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

__all__ = ["pack", "unpack"]

_Entry = tuple[str, int, bytes | None]


def pack(tree: Path) -> bytes:
    """The folders of a tree, and its files with their times; links are left out."""
    return marshal.dumps(list(_inside(os.fspath(tree), "")))


def unpack(packed: BinaryIO, tree: Path) -> None:
    """Write what was packed where nothing is yet; raises OSError where it cannot be written."""
    entries: list[_Entry] = marshal.load(packed)
    tree.mkdir(parents=True)
    for name, changed, content in entries:
        path = f"{tree}/{name}"
        if content is None:
            os.mkdir(path)  # noqa: PTH102 - many, often
            continue
        # Whoever runs there already can put nothing in the way that would be followed, or waited for.
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o644), "wb") as file:
            file.write(content)
        os.utime(path, ns=(changed, changed), follow_symlinks=False)


def _inside(folder: str, above: str) -> Iterator[_Entry]:
    with os.scandir(folder) as entries:
        for entry in entries:
            name = f"{above}{entry.name}"
            if entry.is_dir(follow_symlinks=False):
                yield name, 0, None
                yield from _inside(entry.path, f"{name}/")
            elif entry.is_file(follow_symlinks=False):
                yield name, entry.stat().st_mtime_ns, Path(entry.path).read_bytes()
