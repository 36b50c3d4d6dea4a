"""The keeper inside a sandbox: held to limits, an unprivileged user, and sent all that its processes run on."""

import contextlib
import ctypes
import json
import os
import shutil
import signal
import socket
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, NoReturn

from channels_lab.running.keeper import Keeper, serve
from channels_lab.running.limits import Limits
from channels_lab.running.listener import unix_listener
from channels_lab.running.packed import unpack
from channels_lab.running.request import send

__all__ = ["ConfinedKeeper", "confine", "main"]

_PR_SET_DUMPABLE = 4
_PR_SET_CHILD_SUBREAPER = 36


class ConfinedKeeper(Keeper):
    """A keeper that also unpacks trees which are sent to it, makes listening sockets, and sweeps up.

    It forks nothing ahead: most answers need one server, and what waits for another goes with the sweep.
    """

    def __init__(self, control: socket.socket, folder: str, *, warm: bool = True) -> None:
        super().__init__(control, folder, warm=False)

    def handle(self, message: dict[str, Any], descriptors: list[int]) -> None:
        """Do one of these, or what any keeper does."""
        if "tree" in message:
            _unpack(descriptors[0], message["tree"])
        elif "listen" in message:
            self._listen(message["listen"])
        elif "sweep" in message:
            self._sweep()
        else:
            super().handle(message, descriptors)

    def reap(self) -> None:
        """Report those that were started, and reap whoever has become a child of this process."""
        super().reap()
        with contextlib.suppress(ChildProcessError):  # there is none
            while ended := os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT):
                if ended.si_pid in self.status:
                    super().reap()
                else:
                    os.waitpid(ended.si_pid, 0)

    def _become(self, role: Callable[[], int]) -> NoReturn:
        _hide(False)
        super()._become(role)

    def _listen(self, path: str) -> None:
        """Send a socket that listens on the sandbox's own loopback, or at a path in it; where it cannot, why."""
        try:
            with unix_listener(Path(path)) if path else socket.create_server(("127.0.0.1", 0)) as listening:
                send(self.control, {"listens": ""}, [listening.fileno()])
        except OSError as error:
            send(self.control, {"listens": error.strerror or str(error)})

    def _sweep(self) -> None:
        """End all that runs here but this process, whoever's child it has become, and remove all that was written."""
        with contextlib.suppress(ProcessLookupError):
            os.kill(-1, signal.SIGKILL)
        with contextlib.suppress(ChildProcessError):  # the last one is gone
            while os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOWAIT):
                self.reap()
        for place in Path(self.folder).iterdir():
            if place.is_dir() and not place.is_symlink():
                shutil.rmtree(place, ignore_errors=True)
            else:
                place.unlink(missing_ok=True)
        send(self.control, {"swept": True})


def confine(limits: Limits) -> None:
    """Hold this process to limits, adopt all that lose their parent here, and let nobody look into it."""
    limits.apply()
    _adopt()
    _hide(True)


def _adopt() -> None:
    """Become the parent of all that lose theirs here: so the end of each can be waited for."""
    ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def _hide(hidden: bool) -> None:
    """Let no process of the same user look into this one's memory or take its descriptors; or let it again."""
    ctypes.CDLL(None).prctl(_PR_SET_DUMPABLE, int(not hidden), 0, 0, 0)


def _unpack(descriptor: int, place: str) -> None:
    # What cannot be unpacked is not there for the process that is started in it, which says so.
    with contextlib.suppress(OSError), os.fdopen(descriptor, "rb") as file:
        unpack(file, Path(place))


def main() -> None:
    """Run as `python -m channels_lab.running.confined DESCRIPTOR FOLDER LIMITS UID`; with 0 the user stays."""
    uid = int(sys.argv[4])
    limits = Limits(**json.loads(sys.argv[3]))
    if uid:
        os.setgroups([])
        os.setgid(uid)
        os.setuid(uid)
    confine(limits)
    serve(ConfinedKeeper)


if __name__ == "__main__":
    # Under its importable name, so that nothing in a child refers to `__main__`.
    from channels_lab.running.confined import main as _main

    _main()
