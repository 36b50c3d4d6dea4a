"""The log of a process: the file of all that it prints; and its place among those of others."""

import re
from pathlib import Path

__all__ = ["Log", "fresh_place"]

# The last number that was given, by what stands before it: who starts a thousand servers does not look a million times.
_given: dict[Path, int] = {}


class Log:
    """What a process prints, in a file; there is none until it has begun."""

    def __init__(self, path: Path) -> None:
        self.path = path

    @property
    def size(self) -> int:
        """How many bytes have been printed so far."""
        try:
            return self.path.stat().st_size
        except OSError:
            return 0

    def text(self, since: int = 0) -> str:
        """What was printed beyond so many bytes; "" where there is nothing."""
        try:
            with self.path.open("rb") as file:
                file.seek(since)
                return file.read().decode("utf-8", "replace")
        except OSError:
            return ""


def fresh_place(folder: Path, name: str, ending: str) -> Path:
    """A place in the run folder that no earlier process of this name has: `main-2.log`."""
    folder.mkdir(mode=0o700, exist_ok=True)  # what tidies temporary folders may have removed it
    name = re.sub(r"[^\w-]", "_", name)[:40]
    before = folder / f"{name}.{ending}"
    number = _given.get(before, 1)
    while (place := folder / f"{name}-{number}.{ending}").exists():
        number += 1
    _given[before] = number
    return place
