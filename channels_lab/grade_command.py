"""`channels-lab grade`: judging the submissions of a class."""

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from channels_lab.course.course import Course
from channels_lab.errors import LabError
from channels_lab.explain.explanation import clean

if TYPE_CHECKING:
    from channels_lab.marking.batch import Batch
    from channels_lab.marking.deadlines import Rules
    from channels_lab.marking.gradebook import Gradebook
    from channels_lab.marking.report import Report
    from channels_lab.marking.results import Result, Results
    from channels_lab.marking.submissions import Submission, Submitted

__all__ = ["grade_app", "say"]

grade_app = typer.Typer()
_console = Console()
_A_SECOND = 2  # a bar's share of the cores that judge


@grade_app.command()
def grade(
    submitted_dir: Annotated[
        Path, typer.Argument(help="submitted/STUDENT/CHAPTER/CHAPTER.ipynb, a folder of notebooks, or a zip.")
    ],
    out: Annotated[Path, typer.Option(help="The folder for marks, feedback and the results so far.")] = Path("grades"),
    resume: Annotated[bool, typer.Option("--resume", help="Go on with a run that has results in that folder.")] = False,
    trust: Annotated[bool, typer.Option("--trust", help="No sandbox: only if you trust every submission.")] = False,
    jobs: Annotated[int, typer.Option(min=0, help="How many are judged at once; 0: eight for each core.")] = 0,
    scheduler: Annotated[str, typer.Option(help="Judge on a Dask cluster: its scheduler's address, tcp://….")] = "",
    tasks: Annotated[Path | None, typer.Option(help="A folder of your own checks; nobody is told of what.")] = None,
    gradebook: Annotated[str, typer.Option(help="Write marks into nbgrader's gradebook: its file, or its URL.")] = "",
    rules: Annotated[
        Path | None, typer.Option(help="Deadlines: grading.toml, else the one beside the submissions or in the course.")
    ] = None,
    students: Annotated[
        Path | None, typer.Option(help="The class, a CSV of nbgrader, Moodle or Canvas: who has handed in nothing?")
    ] = None,
) -> None:
    """Judge submissions in a sandbox, without running a line of their notebooks; write marks and feedback."""
    from channels_lab.marking.batch import Batch
    from channels_lab.marking.deadlines import Rules
    from channels_lab.marking.grading_toml import find_rules, read_rules
    from channels_lab.marking.instructor import use_tasks
    from channels_lab.marking.overrides import Overrides
    from channels_lab.marking.register import REGISTER, Register
    from channels_lab.marking.report import Report
    from channels_lab.marking.results import Results
    from channels_lab.marking.roster import Roster, read_roster
    from channels_lab.marking.scratch import Scratch
    from channels_lab.marking.submissions import Submitted

    if tasks:
        use_tasks(tasks)
    place = out / "results.jsonl"
    if place.exists() and not resume:
        raise LabError(
            f"There are results of a run in {out}.",
            "Go on with it:  --resume . Or name another folder:  --out FOLDER .",
        )
    course = Course.find()
    found = rules or find_rules(submitted_dir, course.root)
    laid_down = read_rules(found, course.chapters) if found else Rules()
    listed = students or laid_down.students
    roster = read_roster(listed) if listed else Roster()
    overrides = Overrides(out / "overrides.csv")
    # Opened now, so that what is wrong with it is told before a long run.
    book = _opened(course, gradebook) if gradebook else None
    beside = Scratch("submitted-")
    try:
        submitted = Submitted(course, submitted_dir, beside.folder, zone=laid_down.zone, choose=laid_down.choose)
        out.mkdir(parents=True, exist_ok=True)
        register = Register.of(submitted, laid_down, roster, datetime.now(UTC))
        register.write(out / REGISTER)
        results = Results(place)
        batch = Batch(submitted, results, trust=trust, jobs=jobs, scheduler=scheduler)
        if found:
            say(f"Deadlines: {found}. Of several attempts counts the {laid_down.counts}.")
        report = Report(out, course, register, overrides)
        judged = _judge(batch, report, submitted, results)
        written = [str(one) for one in report.finish()]
        if book:
            _enter(book, course, submitted.submissions, report, judged)
            written.append(book.shown)
        _show(report, laid_down)
        for one in submitted.rejected:
            say(f"Not judged: {one.name!r}: {one.reason}")
        say(f"Written: {', '.join(written)}")
    except OSError as error:
        raise LabError(f"{error.filename or out} cannot be written: {error.strerror}.", "Free some space.") from None
    finally:
        beside.close()
        if book:
            book.close()


def _judge(batch: "Batch", report: "Report", submitted: "Submitted", results: "Results") -> "list[Result]":
    """Judge what is not judged yet, and report on all of them; returns the results in the order of the submissions."""
    keys = [one.key for one in submitted.submissions]
    if done := len(keys) - len(batch.waiting):
        say(f"{done} of {len(keys)} submissions are judged already.")
    for key in sorted(set(keys) - {one.key for one in batch.waiting}):
        report.add(results.by_key[key])
    try:
        _run(batch, report)
    except KeyboardInterrupt:
        told = sum(key in results.by_key for key in keys)
        raise LabError(f"Interrupted: {told} of {len(keys)} are judged.", "Go on with  --resume .") from None
    return [results.by_key[key] for key in keys]


def _opened(course: Course, gradebook: str) -> "Gradebook":
    from channels_lab.marking.gradebook import Gradebook

    return Gradebook(course, gradebook)


def _enter(
    book: "Gradebook", course: Course, submitted: "list[Submission]", report: "Report", results: "list[Result]"
) -> None:
    from channels_lab.marking.absent import in_place_of_submission, verdicts_without

    marks = [(one, report.marks[one.key], result.verdicts) for one, result in zip(submitted, results, strict=True)]
    # Of whom nothing came nbgrader has no submission, and then no mark either. Whose has one given by hand has a page.
    for mark in report.marks.values():
        if not mark.came and report.page(mark.entry.student, mark.entry.chapter).is_file():
            marks.append((in_place_of_submission(mark, course), mark, verdicts_without(mark)))
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=_console) as progress:
        bar = progress.add_task("writing the gradebook", total=len(marks))
        book.enroll({one.student: one.known for one in report.register.roster.people})
        book.write(marks, report.page, report.register.entries, lambda key: progress.advance(bar))


def _run(batch: "Batch", report: "Report") -> None:
    def tell(result: "Result") -> None:
        report.add(result)
        progress.update(bar, advance=1, description=result.key[-30:].replace("[", "("))

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, TimeRemainingColumn(), console=_console, refresh_per_second=_A_SECOND) as progress:
        bar = progress.add_task("judging", total=len(batch.waiting))
        batch.run(tell)


def _show(report: "Report", rules: "Rules") -> None:
    from channels_lab.marking import screen

    _console.print(screen.mark_table(report.marks[key] for key in sorted(report.marks)))
    _console.print(screen.task_table(report.standing))
    if mistakes := screen.mistake_table(report.standing):
        _console.print(mistakes)
    for remark in screen.remarks(report, rules):
        say(remark)


def say(text: str) -> None:
    """Print a line to whoever grades; what students have written acts on no terminal."""
    _console.print(clean(text, 10_000), markup=False, highlight=False, soft_wrap=True)
