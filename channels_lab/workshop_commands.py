"""`channels-lab bundle`, `links` and `hub`: ways into the course for a room."""

import os
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from channels_lab.course.course import Course
from channels_lab.errors import LabError

__all__ = ["workshop_app"]

workshop_app = typer.Typer()
_console = Console()


@workshop_app.command()
def bundle(
    folder: Annotated[Path, typer.Argument(help="Where it is made.")] = Path("channels-lab-room"),
    platform: Annotated[
        list[str] | None,
        typer.Option(
            help="linux-x86_64, linux-arm64, macos-arm64 or macos-x86_64; give it again for more. Default: all."
        ),
    ] = None,
    python: Annotated[list[str] | None, typer.Option(help="3.12 or 3.13; default: both.")] = None,
) -> None:
    """Make a folder for a room without a network: the course, its wheels, checksums, and a script that sets it up."""
    from channels_lab.workshop.bundle import Bundle
    from channels_lab.workshop.targets import PLATFORMS, PYTHONS, targets

    machines = list(targets(platform or list(PLATFORMS), python or list(PYTHONS)))
    made = Bundle(Course.find().root, folder)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    try:
        with Progress(*columns, console=_console) as progress:
            bar = progress.add_task("wheels", total=None)
            size = made.make(machines, _say, lambda more, of: progress.update(bar, advance=more, total=of))
    except KeyboardInterrupt:
        raise LabError("Interrupted.", f"Go on with the same line: what is in {folder} stays.") from None
    _say(f"{made.place}: {size / 1e6:.0f} MB. Copy it whole; on a learner's machine, in it:  sh start.sh")
    _say("It cannot hold Python (3.12 or 3.13), a browser, or Nginx: those must be there.")


@workshop_app.command()
def links(
    address: Annotated[
        str, typer.Argument(help="Where your copy of the course is published; default: where this one was cloned from.")
    ] = "",
    hub: Annotated[str, typer.Option(help="A JupyterHub with nbgitpuller, such as https://hub.example.org.")] = "",
    branch: Annotated[str, typer.Option(help="The branch that learners on that hub get.")] = "main",
    chapter: Annotated[str, typer.Option(help="The chapter that is opened.")] = "00",
) -> None:
    """Say the addresses that lead learners into your copy: Binder, a codespace, a link for a hub."""
    from channels_lab.workshop.links import Repository, hub_address

    course = Course.find()
    first = course.chapter(chapter).notebook.name
    found = Repository.read(address) if address else Repository.of(course.root)
    _say(f"Clone it:      git clone {found.url}")
    _say(f"Binder:        {found.binder(first)}")
    if codespace := found.codespace():
        _say(f"Codespaces:    {codespace}")
    where = hub_address(hub) if hub else "https://HUB"
    _say(f"nbgitpuller:   {found.pull(where, branch, first)}")
    if not hub:
        _say("HUB is your hub's address:  --hub https://hub.example.org")


@workshop_app.command(context_settings={"allow_extra_args": True, "ignore_unknown_options": True})
def hub(context: typer.Context) -> None:
    """What a JupyterHub starts for a learner (hub/): prepares their workspace, and becomes their server."""
    from channels_lab.course.workspace import Workspace
    from channels_lab.jupyter import open_on_hub

    if "JUPYTERHUB_API_TOKEN" not in os.environ:
        raise LabError("This is for a JupyterHub to start.", "On your own machine:  channels-lab")
    if not find_spec("jupyterhub"):
        raise LabError("jupyterhub is not installed beside the course.", "Install it:  uv sync --group hub")
    named = os.environ.get("CHANNELS_LAB_WORKSPACE")
    workspace = Workspace(Course.find(), Path(named) if named else Path.home() / "channels-lab")
    # On some machines all users may look into each other's homes; answers are one's own.
    workspace.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    for line in workspace.prepare():
        _say(line)
    open_on_hub(workspace, context.args)


def _say(text: str) -> None:
    _console.print(text, markup=False, highlight=False, soft_wrap=True)
