"""What Moodle takes: a table for its gradebook; of an assignment its own worksheet, filled in, and pages as files."""

import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path

from channels_lab.course.course import Course
from channels_lab.errors import LabError
from channels_lab.marking.marks import Mark
from channels_lab.marking.overrides import number_of, shown
from channels_lab.marking.platforms import platform_number
from channels_lab.marking.roster import EMAIL, FIRST, LAST, Person, Roster
from channels_lab.marking.tables import Row, Table, by_student, comment, score

__all__ = ["gradebook_table", "is_worksheet", "worksheet", "write_pages"]

_WHO = ("Username", "First name", "Last name", "ID number", "Email address")


def is_worksheet(roster: Roster) -> bool:
    """Whether a class's table is an assignment's grading worksheet."""
    return {"Identifier", "Grade"} <= set(roster.columns)


def gradebook_table(marks: Sequence[Mark], roster: Roster, course: Course) -> Table:
    """A row for each student, two columns for each chapter, named as Moodle's own export names them."""
    table, chapters = by_student(marks)
    columns = [*_WHO]
    for chapter in chapters:
        name = course.chapter(chapter).name
        columns += [f"Assignment: {name} (Real)", f"Assignment: {name} (Feedback)"]
    rows: list[Row] = []
    people = roster.by_student
    for student, mine in table.items():
        one = people.get(student, Person(student, {}))
        named = [one.get(*FIRST), one.get(*LAST), one.get("id number"), one.get(*EMAIL)]
        who = [one.get("username") or student, *named]
        rows.append([*who, *(told(mine.get(chapter)) for chapter in chapters for told in (score, comment))])
    return columns, rows


def worksheet(marks: Sequence[Mark], roster: Roster, chapter: str) -> Table:
    """The worksheet as it was, with a chapter's grades, of as many points as there are in Moodle."""
    mine = {one.entry.student: one for one in marks if one.entry.chapter == chapter}
    rows: list[Row] = []
    for person in roster.people:
        row = dict(person.row)
        mark = mine.get(person.student)
        if mark and score(mark):
            row["Grade"] = shown(round(mark.points * _ratio(person, mark), 2))
            if "Feedback comments" in row:
                row["Feedback comments"] = comment(mark)
        rows.append([row.get(name, "") for name in roster.columns])
    return roster.columns, rows


def write_pages(place: Path, marks: Sequence[Mark], chapter: str, page: Callable[[str, str], Path]) -> None:
    """Write the zip of a chapter's pages that an assignment takes as feedback files; `page` tells where one is.

    Moodle knows whose a file is by its name. Raises LabError when it cannot be written.
    """
    beside = place.with_name(f".{place.name}")
    try:
        with zipfile.ZipFile(beside, "w", zipfile.ZIP_DEFLATED) as archive:
            for one in marks:
                student, number = one.entry.student, platform_number(one.entry.student)
                file = page(student, chapter)
                if one.entry.chapter == chapter and number and file.is_file():
                    name = student.removesuffix(f"_{number}").replace("_", " ").replace("/", " ")
                    archive.write(file, f"{name}_{number}_assignsubmission_file_{file.name}")
        beside.replace(place)
    except OSError as error:
        beside.unlink(missing_ok=True)
        raise LabError(f"{place} cannot be written: {error.strerror}.", "Free some space.") from None


def _ratio(person: Person, mark: Mark) -> float:
    """What one of our points is worth there."""
    try:
        return number_of(person.get("maximum grade").replace(",", ".")) / (mark.of or 1)
    except LabError:
        return 1
