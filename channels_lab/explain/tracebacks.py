"""Tracebacks in a log: each exception with the project's own frames."""

import re
from dataclasses import dataclass
from pathlib import Path

__all__ = ["Traceback", "read_tracebacks"]

_START = "Traceback (most recent call last):"
_FRAME = re.compile(r'^\s*File "(?P<file>.+?)", line (?P<line>\d+)(?:, in (?P<name>.+))?$')
_CHAINED = ("direct cause of the following exception:", "another exception occurred:")
# What an exception group draws before the lines of the exceptions in it.
_BAR = re.compile(r"^ *\| ", re.MULTILINE)
_MOST = 200
_LIBRARIES = ("site-packages", ".venv")


@dataclass(frozen=True)
class Traceback:
    """An exception in a log: `error` ("ValueError: text", its first line), and own frames, outermost first."""

    error: str
    frames: tuple[tuple[str, int, str], ...]


def read_tracebacks(log: str, project: Path) -> list[Traceback]:
    """The tracebacks of a log in their order, the last 200 of them.

    One that a library raised from the learner's own, and that has no own frames, gets those of the learner's.
    """
    found: list[Traceback] = []
    before, *parts = _BAR.sub("", log).split(_START)
    for part in parts[-_MOST:] if len(parts) > _MOST else parts:
        error, frames = _read(part, project)
        if not frames and found and before.rstrip().endswith(_CHAINED):
            frames = found[-1].frames
        found.append(Traceback(error, frames))
        before = part
    return found


def _read(part: str, project: Path) -> tuple[str, tuple[tuple[str, int, str], ...]]:
    roots = tuple(f"{root}/" for root in {project.resolve(), project.absolute()})
    frames = []
    for line in part.splitlines()[1:]:
        if frame := _FRAME.match(line):
            file = frame["file"]
            # Modules that are compiled or frozen are named as if they were in the working folder.
            own = file.endswith(".py") and (file.startswith(roots) or not file.startswith(("/", "<")))
            for root in roots:
                file = file.removeprefix(root)
            if own and not any(word in file for word in _LIBRARIES):
                frames.append((file, int(frame["line"]), frame["name"] or ""))
        elif line.strip() and not line.startswith(" "):
            return line.strip(), tuple(frames)
    return "", tuple(frames)
