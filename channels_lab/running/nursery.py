"""The nursery inside: a warm process within bubblewrap's bounds, from which sandboxes are forked, and then isolated.

No code of an answer runs here, and nothing of one comes by: a sandbox's socket goes to the process that is forked.
"""

import contextlib
import os
import socket
import sys
from pathlib import Path
from typing import Any, NoReturn

from channels_lab.running.confined import ConfinedKeeper, confine
from channels_lab.running.isolation import NAMESPACES, isolate
from channels_lab.running.limits import Limits
from channels_lab.running.preload import preload
from channels_lab.running.request import receive, send

__all__ = ["main"]


def _begin(control: socket.socket, message: dict[str, Any], descriptors: list[int]) -> NoReturn:
    """In a fork: let its child be the first process of namespaces of its own, tell who it is, and leave."""
    code = 1
    try:
        os.unshare(NAMESPACES)
        pid = os.fork()
        if not pid:
            control.close()
            _live(message, *descriptors)
        descriptor = os.pidfd_open(pid)
        send(control, {"born": ""}, [descriptor])
        code = 0
    except OSError as error:
        with contextlib.suppress(OSError):
            send(control, {"born": str(error)})
    finally:
        os._exit(code)


def _live(message: dict[str, Any], connection: int, log: int) -> NoReturn:
    """Be a sandbox's keeper."""
    code = 1
    try:
        os.setsid()
        for output in (1, 2):
            os.dup2(log, output)
        os.close(log)
        control = socket.socket(fileno=connection)
        try:
            limits = Limits(**message["limits"])
            isolate(Path(message["folder"]), limits.disk, message["user"], bytes.fromhex(message["calls"]))
            confine(limits)
            problem = ""
        except OSError as error:
            problem = str(error)
        send(control, {"problem": problem})
        if not problem:
            ConfinedKeeper(control, message["folder"]).serve()
        code = 0
    finally:
        os._exit(code)


def main() -> None:
    """Run as `python -m channels_lab.running.nursery DESCRIPTOR`."""
    control = socket.socket(fileno=int(sys.argv[1]))
    os.set_inheritable(control.fileno(), False)
    problem = preload()
    send(control, {"problem": problem})
    while got := receive(control):
        message, descriptors = got
        # Forked twice: new namespaces are those of the second, whose parent is then bubblewrap's own first process.
        if not (pid := os.fork()):
            _begin(control, message, descriptors)
        os.waitpid(pid, 0)
        for descriptor in descriptors:
            os.close(descriptor)


if __name__ == "__main__":
    # Under its importable name, so that nothing in a child refers to `__main__`.
    from channels_lab.running.nursery import main as _main

    _main()
