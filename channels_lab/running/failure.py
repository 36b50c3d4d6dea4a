"""From a log to the lines that matter: the learner's own lines of the last traceback, and the log's tail."""

import re
from pathlib import Path

__all__ = ["failure_details", "own_lines"]

_START = "Traceback (most recent call last):"
_FRAME = re.compile(r'^\s*File "(?P<file>.+?)", line (?P<line>\d+)(?:, in (?P<name>.+))?$')
_TAIL = 12


def own_lines(log: str, project: Path) -> list[str]:
    """The last traceback in `log`, cut down to frames inside `project`, and its last line; [] for none."""
    *_, last = ("", *log.rpartition(_START)[1:]) if _START in log else ("",)
    if not last:
        return []
    root = str(project.resolve())
    kept: list[str] = []
    inside = False
    for line in last.splitlines():
        if frame := _FRAME.match(line):
            file = frame["file"]
            inside = file.startswith(root + "/") or not file.startswith(("/", "<"))
            if inside:
                where = f", in {frame['name']}" if frame["name"] else ""
                kept.append(f"  {file.removeprefix(root + '/')}, line {frame['line']}{where}")
        elif line.startswith(" "):
            if inside:
                kept.append("  " + line)
        elif line.strip():
            kept.append(line)  # the exception itself
            break
    return kept


def failure_details(log: str, project: Path) -> str:
    """The learner's own lines of the last traceback, else the tail of the log; "" when nothing was printed."""
    own = own_lines(log, project)
    if own:
        return "\n".join(own)
    tail = [line for line in log.splitlines() if line.strip()][-_TAIL:]
    return "\n".join(["The last lines of its log:", *(f"  {line}" for line in tail)]) if tail else ""
