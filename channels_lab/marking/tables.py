"""Tables for other programs: written as CSV, and what all of them say in the same words."""

import csv
import io
from collections.abc import Iterable, Sequence
from pathlib import Path

from channels_lab.course.safekeeping import write
from channels_lab.errors import LabError
from channels_lab.marking.marks import Mark
from channels_lab.marking.overrides import shown

__all__ = ["Row", "Table", "by_student", "comment", "score", "write_table"]

Row = Sequence[str]
Table = tuple[Row, list[Row]]


def write_table(place: Path, columns: Row, rows: Iterable[Row]) -> None:
    """Write a CSV whole or not at all; raises LabError when that is impossible."""
    told = io.StringIO(newline="")
    table = csv.writer(told, lineterminator="\n")
    table.writerow(columns)
    table.writerows(rows)
    try:
        write(place, told.getvalue().encode(errors="replace"))
    except OSError as error:
        raise LabError(f"{place} cannot be written: {error.strerror}.", "Free some space.") from None


def by_student(marks: Iterable[Mark]) -> tuple[dict[str, dict[str, Mark]], list[str]]:
    """Student → chapter → mark, and all chapters."""
    table: dict[str, dict[str, Mark]] = {}
    for one in marks:
        table.setdefault(one.entry.student, {})[one.entry.chapter] = one
    return table, sorted({chapter for mine in table.values() for chapter in mine})


def score(mark: Mark | None) -> str:
    """The points; nothing where nobody could judge: an import then leaves what is there."""
    return shown(mark.points) if mark and mark.whole else ""


def comment(mark: Mark | None) -> str:
    """A mark in a line of words."""
    if not mark:
        return ""
    given = [task for task in mark.tasks if task.override or mark.came]
    told = [f"{task.number} {task.outcome}, {shown(task.points)} of {shown(task.of)}" for task in given]
    off = [f"{shown(mark.off)} off for lateness"] if mark.off else []
    return "; ".join([mark.entry.told, *told, *off])
