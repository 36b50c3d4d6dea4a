"""`channels-lab classroom`: the room's board."""

import os
from typing import TYPE_CHECKING, Annotated
from urllib.parse import urlsplit

import typer
from rich.console import Console

from channels_lab.course.course import Course

if TYPE_CHECKING:
    from channels_lab.classroom.room import Room
    from channels_lab.classroom.serving import Addresses

__all__ = ["classroom_app"]

classroom_app = typer.Typer()
_console = Console()


@classroom_app.command()
def classroom(
    host: Annotated[str, typer.Option(help="Where to listen; 0.0.0.0 opens the board to the network.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="The port of the board.")] = 8700,
    new: Annotated[bool, typer.Option("--new", help="Begin a new room; the old one is kept beside.")] = False,
    show: Annotated[bool, typer.Option("--show", help="Only say the room's addresses and its code.")] = False,
) -> None:
    """Serve the room's board: who is where, what passed, which mistakes are made, who needs help."""
    from channels_lab.classroom.room import Room
    from channels_lab.classroom.serving import addresses, listen, only_one, serve

    service = urlsplit(os.environ.get("JUPYTERHUB_SERVICE_URL", ""))
    if os.environ.get("JUPYTERHUB_SERVICE_PREFIX", "").startswith("/services/") and service.hostname and service.port:
        host, port = service.hostname, service.port
    folder = Course.find().workspace_folder / "classroom"
    found = addresses(host, port)
    if show:
        _say_addresses(Room.open(folder), found)
        return
    if new:
        Room.open(folder)
        with only_one(folder):
            Room.open(folder, new=True)
    room = Room.open(folder)
    with only_one(folder), listen(host, port) as listening:
        _say_addresses(room, found)
        serve(folder, room, listening, found)
    _say("The board has stopped. The room is kept: the same command opens it again, with the same code and key.")


def _say_addresses(room: "Room", found: "Addresses") -> None:
    _say(f"Your board, with the controls:  {found.pages}leader?key={room.key}")
    _say(f"The board for the wall:         {found.wall}?code={room.code}")
    _say(f'What learners run in a cell:    lab.classroom("{room.code}@{found.kernels}", name="…")')
    if found.open_to_all:
        _say(
            "Other machines reach this board: whoever has the code may join and see it, whoever has the key may lead. "
            "It is not encrypted by itself; nothing but places, verdicts and hands is sent to it."
        )
    elif found.wall != found.pages:
        _say("Learners of this hub reach it if their servers are on this machine, too; each sees it through their own.")
    else:
        _say("Only this machine reaches it. For a room of other machines:  --host 0.0.0.0")
    _say("Ctrl-C stops it; learning goes on, and what learners report waits for it.")


def _say(text: str) -> None:
    _console.print(text, markup=False, highlight=False, soft_wrap=True)
