"""Cases of rules about starting a server: its command, and its port."""

import socket

from channels_lab.errors import LabError
from channels_lab.running.process import ProcessEnded
from channels_lab.running.servers import Listener

from .cases import Case
from .cases_first import talk
from .run import Run

__all__ = ["CASES"]

SETTINGS = "config/settings.py"


async def not_found(run: Run) -> None:
    """Connect, and get the 404 of a server that takes the handshake for a page."""
    await run.refused("/ws/chat/lobby/", 404)


async def no_page(run: Run) -> None:
    """Ask for a page that is not there."""
    assert (await run.get("/ws/chat/lobby/")).status_code == 404


async def taken_port(run: Run) -> None:
    """Ask the lab for a port that another program has."""
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        Listener.open(other.getsockname()[1])


async def runserver_on_taken_port(run: Run) -> None:
    """Let `manage.py runserver` itself open a port that another program has."""
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        await run.manage("runserver", "--noreload", str(other.getsockname()[1]))


async def port_of_the_system(run: Run) -> None:
    """Ask the lab for a port that no program may have."""
    Listener.open(70000)


async def free_port(run: Run) -> None:
    """Ask the lab for a port that is free."""
    with Listener.open().socket as first:
        port = first.getsockname()[1]
    Listener.open(port).socket.close()


CASES = [
    Case(
        "runserver without the app daphne",
        "wsgi-runserver",
        base="site",
        edits={SETTINGS: ('    "daphne",\n', "")},
        start="runserver",
        act=not_found,
    ),
    Case("runserver with the app daphne", neighbour_of="wsgi-runserver", start="runserver", act=talk),
    Case(
        "runserver without the app daphne, and a page that is not there",
        neighbour_of="wsgi-runserver",
        base="site",
        edits={SETTINGS: ('    "daphne",\n', "")},
        start="runserver",
        act=no_page,
    ),
    Case(
        "the command daphne without the app daphne",
        neighbour_of="wsgi-runserver",
        edits={SETTINGS: ('"daphne", ', "")},
        act=talk,
    ),
    Case(
        "runworker without the app channels",
        "no-runworker",
        edits={SETTINGS: ('"channels", ', "")},
        start="worker tasks",
        raises=ProcessEnded,
    ),
    Case("a misspelt command", "unknown-command", start="makemigration"),
    Case(
        "daphne without the app channels",
        neighbour_of="no-runworker",
        edits={SETTINGS: ('"channels", ', "")},
        act=talk,
    ),
    Case("a command", neighbour_of="unknown-command", start="check"),
    Case("the lab's port is taken", "port-taken", start="", act=taken_port, raises=LabError),
    Case("the port of Daphne's runserver is taken", "port-taken", start="", act=runserver_on_taken_port),
    Case(
        "the port of Django's runserver is taken",
        "port-taken",
        edits={SETTINGS: ('"daphne", ', "")},
        start="",
        act=runserver_on_taken_port,
    ),
    Case("a port that there is not", "no-such-port", start="", act=port_of_the_system, raises=LabError),
    Case("a port that is free", neighbour_of="port-taken", start="", act=free_port),
    Case("a port that is free, too", neighbour_of="no-such-port", start="", act=free_port),
]
