"""`channels-lab`: open the course, look after it, run it."""

import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from channels_lab.classroom_commands import classroom_app
from channels_lab.course.course import Course
from channels_lab.course.site import Site
from channels_lab.course.workspace import Workspace
from channels_lab.errors import LabError
from channels_lab.exercise_commands import exercise_app
from channels_lab.grade_command import grade_app
from channels_lab.mark_command import mark_app
from channels_lab.workshop_commands import workshop_app

__all__ = ["app", "main"]

app = typer.Typer(
    help="Learn real-time Django in JupyterLab. Without a command, opens the course.",
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
)
app.add_typer(exercise_app)
app.add_typer(grade_app)
app.add_typer(mark_app)
app.add_typer(workshop_app)
app.add_typer(classroom_app)
console = Console()


@app.callback(invoke_without_command=True)
def open_course(
    context: typer.Context,
    browser: Annotated[bool, typer.Option("--browser/--no-browser", help="Open a browser window.")] = True,
    port: Annotated[int, typer.Option(help="The port of JupyterLab; the next free one when it is taken.")] = 8888,
) -> None:
    """Open the course in JupyterLab, on your own copy of its notebooks."""
    if context.invoked_subcommand is not None:
        return
    from channels_lab import doctor, jupyter

    course = Course.find()
    workspace = Workspace(course)
    for line in workspace.prepare():
        _say(line)
    doctor.print_report(console, doctor.examine(course), brief=True)
    jupyter.open_lab(workspace, browser=browser, port=port)


@app.command("doctor")
def doctor_command(
    room: Annotated[
        int, typer.Option(min=0, help="The evening before a session: how many learners this machine is to hold.")
    ] = 0,
    bundle: Annotated[Path | None, typer.Option(help="With --room: a folder of channels-lab bundle to verify.")] = None,
    board: Annotated[
        str, typer.Option(help="With --room: the room's board, as learners type it: CODE@host:port.")
    ] = "",
) -> None:
    """Look at this machine: Python, packages, Valkey/Redis, ports, proxy, browser, stale processes."""
    from channels_lab import doctor

    course = Course.find()
    findings = doctor.examine(course)
    if room or bundle or board:
        from channels_lab.workshop.readiness import examine_room

        findings += examine_room(course, room or 1, bundle, board)
    doctor.print_report(console, findings)
    raise typer.Exit(any(finding.state == "bad" for finding in findings))


@app.command()
def run(
    chapters: Annotated[list[str] | None, typer.Argument(help="Chapters, such as 05 06; all when left out.")] = None,
) -> None:
    """Run chapters headlessly, from a clean workspace, and say how each went."""
    from channels_lab.notebook.execute import Outcome, clean_workspace, execute

    course = Course.find()
    chosen = [course.chapter(number) for number in chapters or course.chapters]
    total = sum(1 for chapter in chosen for cell in chapter.cells if cell["cell_type"] == "code")
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    outcomes: list[Outcome] = []
    with clean_workspace(course), Progress(*columns, console=console) as progress:
        bar = progress.add_task("", total=total)
        for chapter in chosen:
            progress.update(bar, description=chapter.name)
            outcomes.append(execute(chapter, on_cell=lambda _: progress.advance(bar)))
    table = Table("chapter", "cells", "seconds", "outcome")
    for outcome in outcomes:
        how = "[red]failed[/]" if outcome.error else "[green]ran[/]"
        table.add_row(outcome.chapter.name, str(outcome.cells), f"{outcome.seconds:.1f}", how)
    console.print(table)
    failed = [outcome for outcome in outcomes if outcome.error]
    for outcome in failed:
        _say(f"{outcome.chapter.notebook.name}, {outcome.error}")
    raise typer.Exit(bool(failed))


@app.command()
def build(
    check: Annotated[bool, typer.Option("--check", help="Write nothing; say what differs, and exit 1.")] = False,
) -> None:
    """Write tutorial_project/ from the notebooks: the replay of all their file cells."""
    site = Site(Course.find())
    differences = site.differences()
    for difference in differences:
        _say(difference)
    if check:
        if differences:
            _say("tutorial_project/ is not what the notebooks say. Write it with: channels-lab build")
        raise typer.Exit(bool(differences))
    count = site.write()
    _say(f"tutorial_project/: {count} files, {len(differences)} changed.")


@app.command()
def goto(
    chapter: Annotated[str, typer.Argument(help="A chapter, such as 06.")],
) -> None:
    """Bring the project in the workspace to the beginning of a chapter; what was there is kept beside."""
    course = Course.find()
    workspace = Workspace(course)
    chosen = course.chapter(chapter)
    for line in workspace.prepare():
        _say(line)
    opened = workspace.open(chosen, restart=True)
    _say(f"workspace/project is at the beginning of chapter {opened.chapter.number} ({opened.files} files).")
    if opened.kept:
        _say(f"What was there is kept in {opened.kept}")
    _say(f"Go on with notebooks/{opened.chapter.notebook.name}")


@app.command()
def reset() -> None:
    """Begin the course anew; your project and notebooks are kept beside, in workspace/kept/."""
    kept = Workspace(Course.find()).reset()
    _say("The workspace is as new." + (f" What was there is kept in {kept}" if kept else ""))


def _say(text: str) -> None:
    console.print(text, markup=False, highlight=False, soft_wrap=True)


def main() -> None:
    """Run the command line; a fault of the reader's is told in a line or two, not as a traceback."""
    try:
        app(standalone_mode=True)
    except LabError as error:
        Console(stderr=True).print(str(error), markup=False, highlight=False, soft_wrap=True)
        sys.exit(1)


if __name__ == "__main__":
    main()
