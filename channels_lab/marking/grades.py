"""Grades as tables for other programs: `grades.csv` begins as nbgrader's export; the rest is for Moodle and Canvas."""

from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from pathlib import Path

from channels_lab.course.course import Course
from channels_lab.marking import canvas, moodle
from channels_lab.marking.entries import State
from channels_lab.marking.marks import Mark
from channels_lab.marking.overrides import shown
from channels_lab.marking.roster import EMAIL, FIRST, LAST, Person, Roster
from channels_lab.marking.tables import Row, Table, write_table

__all__ = ["write_grades"]

# Those of nbgrader's own export, in its order.
_NBGRADER = (
    *("assignment", "duedate", "timestamp", "student_id", "last_name", "first_name", "email"),
    *("raw_score", "late_submission_penalty", "score", "max_score"),
)


def write_grades(
    marks: Iterable[Mark], roster: Roster, folder: Path, course: Course, page: Callable[[str, str], Path]
) -> list[Path]:
    """Write all of them; returns where. `page` tells where the feedback on a student's chapter is.

    What is not due yet is in none of them. What nobody could judge has no score for Moodle and Canvas, so that an
    import leaves there what is there. Raises LabError when it is impossible.
    """
    marks = [one for one in marks if one.entry.state is not State.NOT_DUE]
    written = [folder / "grades.csv"]
    write_table(written[0], *_grades(marks, roster.by_student, course))
    if moodle.is_worksheet(roster):
        for chapter in sorted({one.entry.chapter for one in marks}):
            name = f"moodle-{course.chapter(chapter).name}"
            written += [folder / f"{name}.csv", folder / f"{name}.zip"]
            write_table(written[-2], *moodle.worksheet(marks, roster, chapter))
            moodle.write_pages(written[-1], marks, chapter, page)
    else:
        written.append(folder / "moodle.csv")
        write_table(written[-1], *moodle.gradebook_table(marks, roster, course))
    written.append(folder / "canvas.csv")
    write_table(written[-1], *canvas.gradebook_table(marks, roster, course))
    return written


def _grades(marks: list[Mark], people: dict[str, Person], course: Course) -> Table:
    numbers = sorted({task.number for one in marks for task in one.tasks}, key=_order)
    rows: list[Row] = []
    for one in marks:
        entry, person = one.entry, people.get(one.entry.student, Person(one.entry.student, {}))
        named = [entry.student, person.get(*LAST), person.get(*FIRST), person.get(*EMAIL)]
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


def _utc(moment: datetime | None) -> str:
    """As nbgrader writes times: in UTC, without a zone."""
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M:%S}" if moment else ""


def _text(text: str) -> str:
    """A text that a spreadsheet does not take for a formula."""
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t") else text


def _order(number: str) -> tuple[str, int]:
    chapter, _, task = number.partition(".")
    return chapter, int(task)
