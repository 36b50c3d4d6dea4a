"""`channels-lab mark`: a mark of a run changed by a person, for a reason."""

from pathlib import Path
from typing import Annotated

import typer

from channels_lab.course.course import Course
from channels_lab.course.exercise import task_number
from channels_lab.errors import LabError
from channels_lab.grade_command import say

__all__ = ["mark_app"]

mark_app = typer.Typer()


@mark_app.command()
def mark(
    student: Annotated[str, typer.Argument(help="The student, as the table of marks calls them.")],
    task: Annotated[str, typer.Argument(help="The task, such as 06.2.")],
    points: Annotated[str, typer.Argument(help="The points to give; none with --withdraw.")] = "",
    reason: Annotated[str, typer.Option(help="Why; the student reads it.")] = "",
    withdraw: Annotated[bool, typer.Option("--withdraw", help="Take back the mark: the check's counts again.")] = False,
    by: Annotated[str, typer.Option(help="Who gives it; your user name by default.")] = "",
    tasks: Annotated[
        Path | None, typer.Option(help="The folder of your own checks that the run was made with.")
    ] = None,
    out: Annotated[Path, typer.Option(help="The folder of the run.")] = Path("grades"),
) -> None:
    """Change a mark of a run, for a reason; it survives grading again, and the feedback and tables tell of it."""
    from channels_lab.marking.instructor import use_tasks
    from channels_lab.marking.overrides import Overrides, number_of, shown
    from channels_lab.marking.register import REGISTER, Register
    from channels_lab.marking.report import Report
    from channels_lab.marking.results import Results

    if tasks:
        use_tasks(tasks)
    if bool(points) == withdraw:
        raise LabError("Say the points to give, or --withdraw.", f'channels-lab mark {student} {task} 3 --reason "…"')
    number = task_number(task)
    register = Register.read(out / REGISTER)
    entry = register.entry(student, number[:2])
    results = Results(out / "results.jsonl").by_key
    overrides = Overrides(out / "overrides.csv")
    report = Report(out, Course.find(), register, overrides)
    before = report.mark(entry, results.get(entry.key)).task(number)
    given = None if withdraw else number_of(points)
    if given is not None and given > before.of:
        raise LabError(f"{number} has {shown(before.of)} points; {shown(given)} are more.", "Give as many at most.")
    if withdraw and not before.override:
        raise LabError(f"Nobody has changed the mark of {student} in {number}.")
    overrides.change(student, number, given, reason, by, shown(before.automatic), before.outcome)
    for key, result in results.items():
        if key in report.keys:
            report.add(result, page=key == entry.key)
    written = report.finish(lambda one: one.entry == entry)
    after = report.marks[entry.key]
    changed = f"{shown(before.points)} → {shown(after.task(number).points)} of {shown(before.of)}"
    say(f"{student}, {number}: {changed}. Chapter {entry.chapter}: {shown(after.points)} of {shown(after.of)}.")
    say(f"Written: {overrides.place}, {', '.join(map(str, written))}")
