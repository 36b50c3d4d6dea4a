"""`channels-lab` for exercises: for learners, and for whoever writes them."""

from typing import Annotated

import typer
from rich.console import Console

from channels_lab.course.course import Course

__all__ = ["exercise_app"]

exercise_app = typer.Typer()
_console = Console()


@exercise_app.command()
def exercises(
    check: Annotated[bool, typer.Option("--check", help="Write nothing; say what differs, and exit 1.")] = False,
) -> None:
    """Write exercises/ from solutions/, by nbgrader's own generator (which needs nbgrader)."""
    from channels_lab.authoring.generator import Generator

    generator = Generator(Course.find())
    generated = generator.generated()
    differences = generator.differences(generated)
    for difference in differences:
        _say(difference)
    if check:
        if differences:
            _say("exercises/ is not what solutions/ gives. Write it with: channels-lab exercises")
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


def _say(text: str) -> None:
    _console.print(text, markup=False, highlight=False, soft_wrap=True)
