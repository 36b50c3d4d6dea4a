"""`channels-lab` for exercises: for learners, and for whoever writes them."""

import threading
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.status import Status
from rich.table import Table

from channels_lab.course.course import Course

# The checker is another process, and what starts it takes a while to import.
if TYPE_CHECKING:
    from channels_lab.grading.checker import Checker
    from channels_lab.notebook.saved import Saved
    from channels_lab.notebook.verdict_view import VerdictView

__all__ = ["exercise_app"]

exercise_app = typer.Typer()
_console = Console()


@exercise_app.command("check")
def check_command(
    what: Annotated[list[str], typer.Argument(help="Tasks, such as 06.2, or notebooks of exercises.")],
) -> None:
    """Check answers in saved notebooks, and exit 0 when all pass."""
    from channels_lab.grading.checker import Checker
    from channels_lab.notebook.saved import saved_answers

    course = Course.find()
    answers = [saved for word in what for saved in saved_answers(course, word)]
    checker = Checker()
    try:
        views = [_check(saved, checker) for saved in answers]
    finally:
        checker.close()
    if len(views) > 1:
        table = Table("task", "", "outcome", "points")
        for view in views:
            points = f"{view.verdict.points} of {view.exercise.points}"
            table.add_row(view.exercise.number, view.exercise.title, view.verdict.outcome, points)
        _console.print(table, markup=False)
    raise typer.Exit(not all(view.passed for view in views))


@exercise_app.command()
def watch() -> None:
    """Check an answer again whenever its notebook is saved, until Ctrl-C."""
    from channels_lab.grading.checker import Checker
    from channels_lab.notebook.watching import Watch

    course = Course.find()
    checker = Checker()
    try:
        watched = Watch(course)
        _say(f"Watching {course.workspace_folder / 'exercises'}: change an answer and save it. Ctrl-C ends this.")
        for saved in watched.wait(threading.Event()):
            _check(saved, checker)
    except KeyboardInterrupt:
        _say("Watching has ended.")
    finally:
        checker.close()


@exercise_app.command("progress")
def progress_command() -> None:
    """Show which tasks are done, after how many tries, hints and minutes."""
    from channels_lab.notebook.standings import progress

    _say(repr(progress()))


@exercise_app.command()
def exercises(
    check: Annotated[bool, typer.Option("--check", help="Write nothing; say what differs, and exit 1.")] = False,
) -> None:
    """Write exercises/ from solutions/, by nbgrader's own generator (which needs nbgrader).

    Headings and points in solutions/ become those of the tasks' modules.
    """
    from channels_lab.authoring.generator import Generator
    from channels_lab.authoring.labels import outdated, update

    generator = Generator(Course.find())
    look = outdated if check else update
    differences = [
        f"solutions/{source.parent.name}/{source.name}: a heading or points are not as the task's module says"
        for source in generator.sources
        if look(source)
    ]
    generated = generator.generated()
    differences += generator.differences(generated)
    for difference in differences:
        _say(difference)
    if check:
        if differences:
            _say("exercises/ is not what solutions/ and the tasks give. Write it with: channels-lab exercises")
        raise typer.Exit(bool(differences))
    generator.write(generated)
    _say(f"exercises/: {len(generated)} files, {len(differences)} changed.")


@exercise_app.command("new-task")
def new_task_command(
    number: Annotated[str, typer.Argument(help="Its number, such as 06.5.")],
    title: Annotated[str, typer.Option(help="Its title.")] = "A new task",
    file: Annotated[str, typer.Option(help="The project's file that it changes.")] = "chat/consumers.py",
) -> None:
    """Make the skeleton of a task: module, cells in solutions/, folder of answers."""
    from channels_lab.authoring.new_task import new_task

    course = Course.find()
    for path in new_task(course, number, title=title, path=file):
        _say(f"written: {path.relative_to(course.root)}")
    _say("Fill them in, and run  channels-lab exercises . CONTRIBUTING.md shows the way.")


def _check(saved: "Saved", checker: "Checker") -> "VerdictView":
    with Status(f"Checking {saved.exercise.number}", console=_console) as status:
        view = saved.check(checker, lambda what, seconds: status.update(f"Checking {saved.exercise.number}: {what}"))
    title, _, rest = view.text(saved.way_on(view.verdict)).partition("\n")
    _console.print(title, style="bold green" if view.passed else "bold", markup=False, highlight=False, soft_wrap=True)
    _say(rest)
    return view


def _say(text: str) -> None:
    _console.print(text, markup=False, highlight=False, soft_wrap=True)
