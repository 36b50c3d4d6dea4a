"""Grades as tables for other programs: `grades.csv` begins as nbgrader's export; the rest is for Moodle and Canvas."""

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path

from channels_lab.course.course import Course
from channels_lab.course.safekeeping import write
from channels_lab.errors import LabError
from channels_lab.marking.entries import State
from channels_lab.marking.marks import Mark
from channels_lab.marking.overrides import number_of, shown
from channels_lab.marking.roster import Person, Roster

__all__ = ["write_grades", "write_table"]

# Those of nbgrader's own export, in its order.
_NBGRADER = (
    *("assignment", "duedate", "timestamp", "student_id", "last_name", "first_name", "email"),
    *("raw_score", "late_submission_penalty", "score", "max_score"),
)
_CANVAS = ("Student", "ID", "SIS User ID", "SIS Login ID", "Section")
_MOODLE = ("Username", "First name", "Last name", "ID number", "Email address")
_FIRST, _LAST = ("first_name", "first name"), ("last_name", "last name", "surname")
_EMAIL = ("email", "email address")

Row = Sequence[str]


def write_grades(marks: Iterable[Mark], roster: Roster, folder: Path, course: Course) -> list[Path]:
    """Write all of them; returns where. Raises LabError when that is impossible.

    What is not due yet is in none of them. What nobody could judge has no score for Moodle and Canvas, so that an
    import leaves there what is there.
    """
    marks = [one for one in marks if one.entry.state is not State.NOT_DUE]
    people = roster.by_student
    written = [folder / "grades.csv"]
    write_table(written[0], *_grades(marks, people, course))
    if {"Identifier", "Grade", "Maximum Grade"} <= set(roster.columns) or {"Identifier", "Grade"} <= set(
        roster.columns
    ):
        for chapter in sorted({one.entry.chapter for one in marks}):
            written.append(folder / f"moodle-{course.chapter(chapter).name}.csv")
            write_table(written[-1], roster.columns, _worksheet(marks, roster, chapter))
    else:
        written.append(folder / "moodle.csv")
        write_table(written[-1], *_moodle(marks, people, course))
    written.append(folder / "canvas.csv")
    write_table(written[-1], *_canvas(marks, roster, course))
    return written


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


def _grades(marks: list[Mark], people: dict[str, Person], course: Course) -> tuple[Row, list[Row]]:
    numbers = sorted({task.number for one in marks for task in one.tasks}, key=_order)
    rows: list[Row] = []
    for one in marks:
        entry, person = one.entry, people.get(one.entry.student, Person(one.entry.student, {}))
        named = [entry.student, person.get(*_LAST), person.get(*_FIRST), person.get(*_EMAIL)]
        earned = [shown(one.raw), shown(one.off), shown(one.points), shown(one.of)]
        points = {task.number: shown(task.points) for task in one.tasks}
        changed = "; ".join(f"{task.number}: {task.override.reason}" for task in one.tasks if task.override)
        again = "; ".join(f"{task.number}: {task.changed}" for task in one.tasks if task.changed)
        rows.append(
            [
                *(course.chapter(entry.chapter).name, _utc(entry.due), _utc(entry.at), *named, *earned),
                *(entry.told, *(points.get(number, "") for number in numbers)),
                *(" ".join(one.unjudged), _text(changed), again),
            ]
        )
    return (*_NBGRADER, "state", *numbers, "not judged", "changed by hand", "judged otherwise since"), rows


def _moodle(marks: list[Mark], people: dict[str, Person], course: Course) -> tuple[Row, list[Row]]:
    """A row for each student, two columns for each chapter, named as Moodle's own export names them."""
    table, chapters = _by_student(marks)
    columns = [*_MOODLE]
    for chapter in chapters:
        name = course.chapter(chapter).name
        columns += [f"Assignment: {name} (Real)", f"Assignment: {name} (Feedback)"]
    rows: list[Row] = []
    for student, mine in table.items():
        one = people.get(student, Person(student, {}))
        row = [
            one.get("username") or student,
            one.get(*_FIRST),
            one.get(*_LAST),
            one.get("id number"),
            one.get(*_EMAIL),
        ]
        for chapter in chapters:
            mark = mine.get(chapter)
            row += [_score(mark), _comment(mark)]
        rows.append(row)
    return columns, rows


def _worksheet(marks: list[Mark], roster: Roster, chapter: str) -> list[Row]:
    """Moodle's own grading worksheet, with grades of as many points as there are in Moodle."""
    mine = {one.entry.student: one for one in marks if one.entry.chapter == chapter}
    rows: list[Row] = []
    for person in roster.people:
        row = dict(person.row)
        mark = mine.get(person.student)
        if mark and _score(mark):
            row["Grade"] = shown(round(mark.points * _most(person, mark), 2))
            if "Feedback comments" in row:
                row["Feedback comments"] = _comment(mark)
        rows.append([row.get(name, "") for name in roster.columns])
    return rows


def _most(person: Person, mark: Mark) -> float:
    try:
        return number_of(person.get("maximum grade").replace(",", ".")) / (mark.of or 1)
    except LabError:
        return 1


def _canvas(marks: list[Mark], roster: Roster, course: Course) -> tuple[Row, list[Row]]:
    """Canvas' columns; a chapter's is that of the export where there is one that begins with its name."""
    table, chapters = _by_student(marks)
    names = [course.chapter(chapter).name for chapter in chapters]
    heads = [next((head for head in roster.columns if head.startswith(name)), name) for name in names]
    most = {chapter: shown(max(one[chapter].of for one in table.values() if chapter in one)) for chapter in chapters}
    rows: list[Row] = [["    Points Possible", "", "", "", "", *(most[chapter] for chapter in chapters)]]
    people = roster.by_student
    for student, mine in table.items():
        one = people.get(student, Person(student, {}))
        full = ", ".join(filter(None, (one.get(*_LAST), one.get(*_FIRST))))
        login = one.get("sis login id", "username") or ("" if one.get("student") else student)
        named = [one.get("student", "full name") or full or student, one.get("id") if one.get("student") else ""]
        rows.append(
            [*named, one.get("sis user id"), login, one.get("section"), *(_score(mine.get(one)) for one in chapters)]
        )
    return (*_CANVAS, *heads), rows


def _by_student(marks: list[Mark]) -> tuple[dict[str, dict[str, Mark]], list[str]]:
    table: dict[str, dict[str, Mark]] = {}
    for one in marks:
        table.setdefault(one.entry.student, {})[one.entry.chapter] = one
    return table, sorted({one.entry.chapter for one in marks})


def _score(mark: Mark | None) -> str:
    return shown(mark.points) if mark and mark.whole else ""


def _comment(mark: Mark | None) -> str:
    if not mark:
        return ""
    given = [task for task in mark.tasks if task.override or mark.came]
    told = [f"{task.number} {task.outcome}, {shown(task.points)} of {shown(task.of)}" for task in given]
    off = [f"{shown(mark.off)} off for lateness"] if mark.off else []
    return "; ".join([f"{mark.entry.told}", *told, *off])


def _utc(moment: datetime | None) -> str:
    """As nbgrader writes times: in UTC, without a zone."""
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M:%S}" if moment else ""


def _text(text: str) -> str:
    """A text that a spreadsheet does not take for a formula."""
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t") else text


def _order(number: str) -> tuple[str, int]:
    chapter, _, task = number.partition(".")
    return chapter, int(task)
