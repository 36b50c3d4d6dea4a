"""Grades as a table for other programs: `grades.csv`, a line for each submission."""

import csv
import io
from collections.abc import Iterable
from pathlib import Path

from channels_lab.errors import LabError
from channels_lab.marking.results import Result

__all__ = ["write_grades"]


def write_grades(results: Iterable[Result], place: Path) -> None:
    """Write them, with a column for each task; raises LabError when that is impossible."""
    results = sorted(results, key=lambda one: one.key)
    numbers = sorted({verdict.number for one in results for verdict in one.verdicts})
    told = io.StringIO(newline="")
    table = csv.writer(told)
    table.writerow(["assignment", "student_id", "score", "max_score", *numbers, "not judged"])
    for one in results:
        student, _, chapter = one.key.rpartition("/")
        points = {verdict.number: verdict.points for verdict in one.verdicts}
        missing = " ".join(verdict.number for verdict in one.verdicts if verdict.outcome == "could not check")
        row = [chapter, student, one.points, one.of, *(points.get(number, "") for number in numbers), missing]
        table.writerow(row)
    beside = place.with_suffix(".new")
    try:
        beside.write_text(told.getvalue(), encoding="utf-8", newline="")
        beside.replace(place)
    except OSError as error:
        raise LabError(f"{place} cannot be written: {error.strerror}.", "Free some space.") from None
