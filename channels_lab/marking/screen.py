"""Marks and standing as tables on the screen, and what a teacher should be told beside them."""

from collections.abc import Iterable, Iterator

from rich.table import Column, Table
from rich.text import Text

from channels_lab.explain.explanation import clean
from channels_lab.grading.verdict import Outcome
from channels_lab.marking.deadlines import OWN_DEADLINE, Rules
from channels_lab.marking.entries import State
from channels_lab.marking.marks import Mark
from channels_lab.marking.overrides import shown
from channels_lab.marking.report import Report
from channels_lab.marking.standing import Standing

__all__ = ["mark_table", "mistake_table", "remarks", "task_table"]

_MOST_MISTAKES = 10


def mark_table(marks: Iterable[Mark]) -> Table:
    """A line for each student and chapter: how it was handed in, its points, and what is not whole."""
    # Names that begin alike are told apart by their ends.
    student = Column("student", overflow="fold")
    table = Table(student, "chapter", "handed in", "points", "tasks", title="Marks", title_justify="left")
    for one in marks:
        if one.entry.state is State.NOT_DUE:
            continue
        off = f", {shown(one.off)} off" if one.off else ""
        points = f"{shown(one.points)} of {shown(one.of)}{off}"
        tasks = "; ".join(_tasks(one)) or ("all passed" if one.came else "")
        cells = (one.entry.student, one.entry.chapter, one.entry.told, points, tasks)
        table.add_row(*(Text(clean(cell)) for cell in cells))
    return table


def task_table(standing: Standing) -> Table:
    """A line for each task: how its answers came out, and what they earned."""
    heads = ("task", *map(str, Outcome), "median", "lost")
    table = Table(heads[0], title="Where the class stands", title_justify="left")
    for head in heads[1:]:
        table.add_column(head, justify="right")
    for one in standing.tasks:
        median = f"{one.median} of {one.most}"
        table.add_row(Text(f"{one.number} {one.title}"), *map(str, one.counts), median, one.lost)
    return table


def mistake_table(standing: Standing) -> Table | None:
    """The mistakes that most have made, with what they cost; None where there is none."""
    if not standing.mistakes:
        return None
    table = Table("mistake", "task", "what was not seen first", title="Mistakes", title_justify="left")
    for head in ("students", "lost"):
        table.add_column(head, justify="right")
    for one in standing.mistakes[:_MOST_MISTAKES]:
        table.add_row(Text(one.name), one.number, Text(one.told), str(one.students), one.lost)
    return table


def remarks(report: Report, rules: Rules) -> Iterator[str]:
    """What a teacher should look at: wrong clocks, marks that the judge sees otherwise now, names that nobody has."""
    students = report.register.students
    marks = list(report.marks.values())
    for mark in marks:
        entry = mark.entry
        odd = [note for note in entry.notes if note != OWN_DEADLINE and entry.state is not State.UNREADABLE]
        for note in odd:
            yield f"{entry.student}, chapter {entry.chapter}: {note}"
        for task in mark.tasks:
            if task.points > task.of:
                yield f"{entry.student}, {task.number}: {shown(task.points)} points by hand, of {shown(task.of)}."
            if task.changed:
                yield f"{entry.student}, {task.number}: the mark was changed by hand. Of the check, {task.changed}."
    known = {(mark.entry.student, task.number) for mark in marks for task in mark.tasks}
    for one in report.overrides.unknown(known):
        who = f"no student {one.student!r}" if one.student not in students else f"no task {one.task!r} of {one.student}"
        yield f"{report.overrides.place.name}: there is {who} in this run; this mark was passed over."
    listed = report.register.roster.by_student
    if listed and (others := sorted(students - set(listed))):
        yield f"Not in the list of students: {', '.join(others)}."
    for student in rules.extensions:
        if student not in students and rules.place:
            yield f"{rules.place.name}: there is no student {student!r} in this run, who has an extension."


def _tasks(mark: Mark) -> Iterator[str]:
    """What is not whole: the tasks of each outcome, and those whose mark was changed."""
    for outcome in Outcome:
        tasks = [one.number for one in mark.tasks if one.outcome == outcome and not one.override]
        if tasks and outcome is not Outcome.PASSED:
            yield f"{outcome}: {', '.join(tasks)}"
    for one in mark.tasks:
        if one.override:
            yield f"by hand: {one.number} {shown(one.points)} (check: {shown(one.automatic)})"
