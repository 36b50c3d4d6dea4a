"""What Canvas takes: its gradebook's own columns, with a column for each chapter."""

from collections.abc import Sequence

from channels_lab.course.course import Course
from channels_lab.marking.marks import Mark
from channels_lab.marking.overrides import shown
from channels_lab.marking.roster import FIRST, LAST, Person, Roster
from channels_lab.marking.tables import Row, Table, by_student, score

__all__ = ["gradebook_table"]

_WHO = ("Student", "ID", "SIS User ID", "SIS Login ID", "Section")


def gradebook_table(marks: Sequence[Mark], roster: Roster, course: Course) -> Table:
    """Its import's table; a chapter's column is that of Canvas' export where one there begins with its name."""
    table, chapters = by_student(marks)
    names = [course.chapter(chapter).name for chapter in chapters]
    heads = [next((head for head in roster.columns if head.startswith(name)), name) for name in names]
    most = {chapter: shown(max(one[chapter].of for one in table.values() if chapter in one)) for chapter in chapters}
    rows: list[Row] = [["    Points Possible", "", "", "", "", *(most[chapter] for chapter in chapters)]]
    people = roster.by_student
    for student, mine in table.items():
        one = people.get(student, Person(student, {}))
        full = ", ".join(filter(None, (one.get(*LAST), one.get(*FIRST))))
        own = one.get("student")
        login = one.get("sis login id", "username") or ("" if own else student)
        who = [own or one.get("full name") or full or student, one.get("id") if own else "", one.get("sis user id")]
        rows.append([*who, login, one.get("section"), *(score(mine.get(chapter)) for chapter in chapters)])
    return (*_WHO, *heads), rows
