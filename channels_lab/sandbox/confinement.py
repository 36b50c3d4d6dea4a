"""The confinement of a sandbox: what bubblewrap is told, so that nothing is there but Python and its packages."""

import contextlib
import json
import os
import select
import shutil
import socket
import subprocess
import sys
import time
from pathlib import Path

import channels_lab
from channels_lab.errors import LabError
from channels_lab.running import servers
from channels_lab.sandbox.remedies import INSTALL, remedy

__all__ = [
    "ALONE",
    "alone",
    "bubblewrap",
    "command",
    "environment",
    "is_alone",
    "nursery_command",
    "user",
    "visible",
]

# In the environment of a process that has a network of its own.
ALONE = "_CHANNELS_LAB_ALONE"
_MIB = 2**20
_TRY_SECONDS = 10
# What a started process needs of this package; neither checks nor explanations nor the course.
_ROOMS = ("__init__.py", "errors.py", "running", "record")
_SYSTEM = (
    *("/lib", "/lib64", "/lib32", "/usr/lib", "/usr/lib64", "/usr/share/zoneinfo", "/nix/store"),
    *("/etc/ld.so.cache", "/etc/localtime", "/etc/alternatives"),
)
_ENVIRONMENT = {
    "PATH": "/usr/bin:/bin",
    "LANG": "C.UTF-8",
    "PYTHONDONTWRITEBYTECODE": "1",
    # Each thread would reserve as much again as a process may have.
    "MALLOC_ARENA_MAX": "2",
}
# For namespaces and mounts, a loopback, another user, and to have none of these afterwards.
_TO_ISOLATE = ("CAP_SYS_ADMIN", "CAP_NET_ADMIN", "CAP_SETUID", "CAP_SETGID", "CAP_SETPCAP")
# As root: users that no system gives to anybody, one for each of this machine's sandboxes.
_FIRST_UID, _UIDS = 61_184, 4_000


def bubblewrap() -> str:
    """Where bubblewrap is; raises LabError where it is not."""
    if found := shutil.which("bwrap"):
        return found
    if sys.platform != "linux":
        raise LabError(
            "Submissions are graded in a sandbox, which needs Linux.",
            "Grade on a Linux machine, or add --trust where you trust every one of them.",
        )
    raise LabError("Submissions are graded in a sandbox, and bubblewrap (bwrap) is not installed.", INSTALL)


def alone() -> list[str]:
    """The command before a grader's own: nothing is closed to it but the network; `ALONE` is to be in its environment.

    More of bubblewrap's options may follow, and `--`. A socket that is handed to an answer belongs to the grader's
    network, and so that must be nobody's. Raises LabError where that cannot be.
    """
    words = [bubblewrap(), "--dev-bind", "/", "/", "--unshare-net"]
    trial = [*words, "--", "true"]
    tried = subprocess.run(trial, capture_output=True, text=True, errors="replace", timeout=_TRY_SECONDS)
    if tried.returncode:
        said = tried.stderr.strip().splitlines()[-1:] or [f"it ended with status {tried.returncode}"]
        raise LabError(f"Submissions are graded in a sandbox, and none could be made: {said[0]}", remedy(said[0]))
    return words


def is_alone() -> bool:
    """Whether this process was started in that way."""
    return ALONE in os.environ and [name for _, name in socket.if_nameindex()] == ["lo"]


def user(number: int) -> int:
    """The user in a sandbox: where root makes it, an unprivileged one by a number; else 0, which keeps one's own."""
    return 0 if os.geteuid() else _FIRST_UID + number % _UIDS


def environment(folder: Path) -> dict[str, str]:
    """What processes in a sandbox find in their environment, whoever grades."""
    return _ENVIRONMENT | {"HOME": str(folder), "TMPDIR": str(folder)}


def command(folder: Path, disk: int, *, info: int, calls: int) -> list[str]:
    """The command before the one that runs confined: `folder` is all that it may write, `disk` MiB of memory.

    On `info` bubblewrap tells its first process; `calls` is a descriptor of the system calls' filter, or -1.
    """
    words = _bounds(folder, "CAP_SETUID", "CAP_SETGID") if not os.geteuid() else _bounds(folder)
    words += ["--proc", "/proc", "--dev", "/dev", "--remount-ro", "/dev"]
    words += ["--perms", "1777", "--size", str(disk * _MIB), "--tmpfs", str(folder)]
    words += ["--remount-ro", "/", "--chdir", str(folder), "--info-fd", str(info)]
    if calls >= 0:
        words += ["--seccomp", str(calls)]
    return [*words, "--"]


def first_process(told: int, seconds: float) -> int:
    """The number of the sandbox's first process, as bubblewrap tells it; 0 when it cannot make one."""
    said = b""
    deadline = time.monotonic() + seconds
    while not said.rstrip().endswith(b"}"):
        if not select.select([told], [], [], max(deadline - time.monotonic(), 0))[0]:
            return 0
        chunk = os.read(told, 4096)
        if not chunk:
            return 0
        said += chunk
    return int(json.loads(said)["child-pid"])


def nursery_command(folder: Path) -> list[str]:
    """The command before a nursery: what it forks makes namespaces of its own, and a folder within `folder`."""
    words = _bounds(folder, *_TO_ISOLATE)
    # Its sandboxes mount their own, which an ordinary user may only where the whole of another is seen.
    words += ["--dev-bind", "/proc", "/proc", "--dev", "/dev", "--remount-ro", "/dev"]
    return [*words, "--perms", "0755", "--dir", str(folder), "--remount-ro", "/", "--chdir", str(folder), "--"]


def _bounds(folder: Path, *capabilities: str) -> list[str]:
    """What is the same for both: namespaces, the environment, Python and its packages, and what they need of ours."""
    words = [bubblewrap(), "--die-with-parent", "--new-session", "--clearenv"]
    words += ["--unshare-pid", "--unshare-net", "--unshare-ipc", "--unshare-uts", "--hostname", "sandbox"]
    words += ["--unshare-cgroup-try", "--cap-drop", "ALL"]
    for capability in capabilities:
        words += ["--cap-add", capability]
    if os.geteuid():
        words += ["--unshare-user", "--disable-userns", "--uid", "1000", "--gid", "1000"]
    for name, value in environment(folder).items():
        words += ["--setenv", name, value]
    package = str(Path(channels_lab.__file__).parent)
    places = visible()
    held: tuple[str, ...] = (*places, package, str(folder))
    # By itself bubblewrap makes the folders above for their maker only, who here is root and then somebody else.
    above = {str(parent) for place in held for parent in Path(place).parents}
    for place in sorted(place for place in above if not any(_within(place, other) for other in places)):
        words += ["--perms", "0755", "--dir", place]
    for place in places:
        words += ["--ro-bind-try", place, place]
    words += ["--tmpfs", package]
    for room in _ROOMS:
        words += ["--ro-bind", f"{package}/{room}", f"{package}/{room}"]
    return [*words, "--remount-ro", package]


def visible() -> list[str]:
    """The folders and files of the system and of Python that may be read there."""
    return [*_SYSTEM, *_python()]


def _python() -> list[str]:
    """The folders of this Python, its packages and the Valkey that it starts, those that hold others first."""
    places = {sys.prefix, sys.base_prefix, sys.exec_prefix, sys.base_exec_prefix}
    places |= {entry for entry in sys.path if Path(entry).name in ("site-packages", "dist-packages")}
    program = Path(sys.executable)
    while program.is_symlink():
        # Step by step: a virtual environment's may go through a link of the version's folder.
        program = Path(os.path.normpath(program.parent / program.readlink()))
        places.add(str(program.parent.parent))
    places |= {os.path.realpath(place) for place in places}
    with contextlib.suppress(LabError):  # tasks that need one say so
        places.add(servers.redis_binary())
    found: list[str] = []
    for place in sorted(place for place in places if place not in ("/", "/usr/lib") and Path(place).exists()):
        if not any(_within(place, other) for other in found):
            found.append(place)
    return found


def _within(place: str, other: str) -> bool:
    return place == other or place.startswith(f"{other}/")
