"""Serving the board: where it listens, under which addresses it is found, and Daphne itself."""

import fcntl
import ipaddress
import os
import resource
import socket
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import psutil

from channels_lab.classroom.room import Room
from channels_lab.course.safekeeping import told
from channels_lab.errors import LabError
from channels_lab.notebook.pages import place_of

__all__ = ["PORT", "Addresses", "addresses", "listen", "only_one", "serve"]

PORT = 8700
_FILES = 10_240
_MOST_BYTES = 2**19  # of a message, in either direction
_SERVICE = "/services/"


@dataclass(frozen=True)
class Addresses:
    """`pages` is where the leader's browser finds the board, `wall` where any does; `kernels` is what learners type
    behind the code's @. `below` is the path that a proxy leaves before ours. `open_to_all`: other machines reach us.
    """

    pages: str
    wall: str
    kernels: str
    below: str = ""
    open_to_all: bool = False


def addresses(host: str, port: int) -> Addresses:
    """Where the board is found, on one's own machine, through a hub's leader's server, or as a service of a hub."""
    prefix = os.environ.get("JUPYTERHUB_SERVICE_PREFIX", "")
    if prefix.startswith(_SERVICE):
        public = os.environ.get("JUPYTERHUB_PUBLIC_URL") or _joined(os.environ.get("CHANNELS_LAB_PUBLIC_URL"), prefix)
        where = public or f"http://THE-HUB{prefix}"
        return Addresses(where, where, where, prefix.rstrip("/"), open_to_all=True)
    here = "127.0.0.1" if is_loopback(host) else _name_of(host)
    place = place_of(port)
    pages = wall = place.origin + place.url if place.environment else f"http://{here}:{port}/"
    if prefix:  # the hub sends each to a server of their own, and that to us
        wall = f"{place.origin}{os.environ.get('JUPYTERHUB_BASE_URL', '/')}hub/user-redirect/proxy/{port}/"
    return Addresses(pages, wall, f"{here}:{port}", open_to_all=not is_loopback(host))


def is_loopback(host: str) -> bool:
    """Whether only this machine reaches us there."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def listen(host: str, port: int) -> socket.socket:
    """Listen; raises LabError where that address cannot be had."""
    listening = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind((host, port))
        listening.listen(1024)
    except (OSError, OverflowError) as error:
        listening.close()
        reason = getattr(error, "strerror", None) or str(error)
        raise LabError(
            f"{host}, port {port}, cannot be used: {reason}.", "Name another:  --port 8701 , or stop what has it."
        ) from None
    return listening


@contextmanager
def only_one(folder: Path) -> Iterator[None]:
    """Within it no other board serves this room: two would tell two stories."""
    with told(folder):
        handle = os.open(folder / "lock", os.O_CREAT | os.O_RDWR, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(handle)
        raise LabError(
            f"The room in {folder} is being served already.", "Its addresses:  channels-lab classroom --show"
        ) from None
    try:
        yield
    finally:
        os.close(handle)


def serve(folder: Path, room: Room, listening: socket.socket, found: Addresses) -> None:
    """Be the board's Daphne until the process is asked to end; raises LabError where the room cannot be read."""
    os.environ |= {
        "DJANGO_SETTINGS_MODULE": "channels_lab.classroom.settings",
        "CLASSROOM_FOLDER": str(folder),
        "CLASSROOM_BELOW": found.below,
        "CLASSROOM_ADDRESS": found.kernels,
    }
    # Each learner's notebook is an open file here, and some systems begin with 256 of them.
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = _FILES if hard == resource.RLIM_INFINITY else min(hard, _FILES)
    if soft != resource.RLIM_INFINITY and soft < most:
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))
    _migrate(folder)
    from daphne.cli import CommandLineInterface

    from channels_lab.classroom.bounds import bound_bodies

    bound_bodies()
    bounds = [f"--websocket-max-{what}-size={_MOST_BYTES}" for what in ("message", "frame")]
    quiet = ["--verbosity=0", "--no-server-name", "--application-close-timeout=2", "--websocket_timeout=-1"]
    CommandLineInterface().run(
        [f"--fd={listening.fileno()}", *quiet, *bounds, "channels_lab.classroom.asgi:application"]
    )


# Details


def _migrate(folder: Path) -> None:
    import django
    from django.core.management import call_command
    from django.db import connections
    from django.db.utils import DatabaseError

    django.setup()
    try:
        call_command("migrate", verbosity=0)
    except (DatabaseError, sqlite3.Error) as error:
        raise LabError(
            f"{folder / 'room.sqlite3'} cannot be read: {error}.", "Begin a new room; what is there is kept:  --new"
        ) from None
    finally:
        connections.close_all()


def _name_of(host: str) -> str:
    """An address at which others find us: the one that was asked for, else the one that leads out, else the first."""
    if host not in ("0.0.0.0", "::", ""):
        return f"[{host}]" if ":" in host else host
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asking, suppress(OSError):
        asking.connect(("192.0.2.1", 9))  # sends nothing: it only chooses which of our addresses would
        if not is_loopback(asking.getsockname()[0]):
            return str(asking.getsockname()[0])
    for interface in psutil.net_if_addrs().values():
        for one in interface:
            if one.family == socket.AF_INET and not is_loopback(one.address):
                return one.address
    return socket.gethostname()


def _joined(public: str | None, prefix: str) -> str:
    if not public:
        return ""
    parts = urlsplit(public)
    return f"{parts.scheme}://{parts.netloc}{prefix}"
