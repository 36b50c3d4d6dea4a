"""From a log to the lines that matter: the learner's own lines of the last traceback, and the log's tail."""

import re
from pathlib import Path

__all__ = ["failed_tests", "failure_details", "own_lines"]

_START = "Traceback (most recent call last):"
_FRAME = re.compile(r'^\s*File "(?P<file>.+?)", line (?P<line>\d+)(?:, in (?P<name>.+))?$')
_CHAINED = ("direct cause of the following exception:", "another exception occurred:")
_TAIL = 12
_MOST_LINES = 80


def own_lines(log: str, project: Path) -> list[str]:
    """The last traceback in `log`, cut down to frames inside `project`, and its last line; [] for none."""
    _, *tracebacks = log.split(_START)
    if not tracebacks:
        return []
    lines = _cut(tracebacks.pop(), project)
    # A library may catch the learner's error and raise its own: their lines are in the one before.
    while len(lines) == 1 and tracebacks and tracebacks[-1].rstrip().endswith(_CHAINED):
        lines = _cut(tracebacks.pop(), project)[:-1] + lines
    return lines


def _cut(traceback: str, project: Path) -> list[str]:
    """The frames inside `project`, and the exception."""
    roots = tuple(f"{root}/" for root in (project.resolve(), project))
    kept: list[str] = []
    inside = False
    for line in traceback.splitlines():
        if frame := _FRAME.match(line):
            file = frame["file"]
            inside = file.startswith(roots) or not file.startswith(("/", "<"))
            if inside:
                for root in roots:
                    file = file.removeprefix(root)
                where = f", in {frame['name']}" if frame["name"] else ""
                kept.append(f"  {file}, line {frame['line']}{where}")
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


def failed_tests(log: str, project: Path) -> str:
    """What a run of tests printed, each traceback in it cut down to frames inside `project`."""
    before, *tracebacks = log.split(_START + "\n")
    told = before.splitlines()
    for traceback in tracebacks:
        lines = traceback.splitlines()
        end = next((number for number, line in enumerate(lines) if line.strip() and not line.startswith(" ")), 0)
        cut, after = _cut("\n".join(lines[: end + 1]), project), lines[end + 1 :]
        # A library's own, from which the one that counts came, says nothing here.
        if len(cut) > 1 or not any(line.endswith(_CHAINED) for line in after):
            told += [*cut, *after]
    left_out = len(told) - _MOST_LINES
    return "\n".join(told if left_out <= 0 else [f"… {left_out} lines before", *told[left_out:]])
