"""`channels-lab grade`: judging the submissions of a class."""

import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn
from rich.table import Table

from channels_lab.course.course import Course
from channels_lab.errors import LabError

if TYPE_CHECKING:
    from channels_lab.marking.batch import Batch
    from channels_lab.marking.gradebook import Gradebook
    from channels_lab.marking.report import Report
    from channels_lab.marking.results import Result
    from channels_lab.marking.submissions import Submission

__all__ = ["grade_app"]

grade_app = typer.Typer()
_console = Console()


@grade_app.command()
def grade(
    submitted_dir: Annotated[
        Path, typer.Argument(help="submitted/STUDENT/CHAPTER/CHAPTER.ipynb, a folder of notebooks, or a zip.")
    ],
    out: Annotated[Path, typer.Option(help="The folder for marks, feedback and the results so far.")] = Path("grades"),
    resume: Annotated[bool, typer.Option("--resume", help="Go on with a run that has results in that folder.")] = False,
    trust: Annotated[bool, typer.Option("--trust", help="No sandbox: only if you trust every submission.")] = False,
    jobs: Annotated[int, typer.Option(min=0, help="How many are judged at once; 0: one for each core.")] = 0,
    scheduler: Annotated[str, typer.Option(help="Judge on a Dask cluster: its scheduler's address, tcp://….")] = "",
    gradebook: Annotated[str, typer.Option(help="Write marks into nbgrader's gradebook: its file, or its URL.")] = "",
) -> None:
    """Judge submissions in a sandbox, without running a line of their notebooks; write marks and feedback."""
    from channels_lab.marking.batch import Batch
    from channels_lab.marking.entries import Entry
    from channels_lab.marking.grades import write_grades
    from channels_lab.marking.overrides import Overrides
    from channels_lab.marking.report import Report
    from channels_lab.marking.results import Results
    from channels_lab.marking.submissions import Submitted

    place = out / "results.jsonl"
    if place.exists() and not resume:
        raise LabError(
            f"There are results of a run in {out}.",
            "Go on with it:  --resume . Or name another folder:  --out FOLDER .",
        )
    # Opened now, so that what is wrong with it is told before a long run.
    book = _opened(gradebook) if gradebook else None
    beside = Path(tempfile.mkdtemp(prefix="submitted-"))
    try:
        submitted = Submitted(Course.find(), submitted_dir, beside)
        out.mkdir(parents=True, exist_ok=True)
        results = Results(place)
        batch = Batch(submitted, results, trust=trust, jobs=jobs, scheduler=scheduler)
        keys = [one.key for one in submitted.submissions]
        if done := len(keys) - len(batch.waiting):
            _say(f"{done} of {len(keys)} submissions are judged already.")
        entries = [Entry(one.student, one.chapter, at=one.handed_in.at) for one in submitted.submissions]
        report = Report(out, submitted.course, entries, Overrides(out / "overrides.csv"))
        waiting = {one.key for one in batch.waiting}
        for key in keys:
            if key not in waiting:
                report.add(results.by_key[key])
        try:
            _run(batch, report)
        except KeyboardInterrupt:
            told = sum(key in results.by_key for key in keys)
            raise LabError(f"Interrupted: {told} of {len(keys)} are judged.", "Go on with  --resume .") from None
        finished = [results.by_key[key] for key in keys]
        write_grades(finished, out / "grades.csv")
        if book:
            _enter(book, submitted.submissions, report, finished)
        _console.print(_table(finished), markup=False)
        for one in submitted.rejected:
            _say(f"Not judged: {one.name!r}: {one.reason}")
        _say(f"Written: {out / 'grades.csv'}, {out / 'feedback'}" + (f", {book.shown}" if book else ""))
    except OSError as error:
        raise LabError(f"{error.filename or out} cannot be written: {error.strerror}.", "Free some space.") from None
    finally:
        shutil.rmtree(beside, ignore_errors=True)
        if book:
            book.close()


def _opened(gradebook: str) -> "Gradebook":
    from channels_lab.marking.gradebook import Gradebook

    return Gradebook(Course.find(), gradebook)


def _enter(book: "Gradebook", submitted: "list[Submission]", report: "Report", results: "list[Result]") -> None:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=_console) as progress:
        bar = progress.add_task("writing the gradebook", total=len(results))
        marks = ((one, report.marks[one.key], result.verdicts) for one, result in zip(submitted, results, strict=True))
        book.write(marks, report.page, report.entries.values(), lambda key: progress.advance(bar))


def _run(batch: "Batch", report: "Report") -> None:
    def tell(result: "Result") -> None:
        report.add(result)
        progress.update(bar, advance=1, description=result.key[-30:].replace("[", "("))

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, TimeRemainingColumn(), console=_console) as progress:
        bar = progress.add_task("judging", total=len(batch.waiting))
        batch.run(tell)


def _table(results: "list[Result]") -> Table:
    table = Table("student", "chapter", "points", "tasks")
    for one in results:
        student, _, chapter = one.key.rpartition("/")
        tasks = ", ".join(f"{two.number} {two.outcome}" for two in one.verdicts if two.outcome != "passed")
        table.add_row(student, chapter, f"{one.points} of {one.of}", tasks or "all passed")
    return table


def _say(text: str) -> None:
    _console.print(text, markup=False, highlight=False, soft_wrap=True)
