"""Nginx before the lab's servers, as a lesson holds it: clients come through it, and are spread over them."""

import contextlib
from collections.abc import Callable, Sequence

import psutil

from channels_lab.course.workspace import Workspace
from channels_lab.notebook.pictures import events_of
from channels_lab.notebook.server import Server
from channels_lab.record.settled import is_settled
from channels_lab.running.clock import processor_clock
from channels_lab.running.process import Process

__all__ = ["Nginx"]


class Nginx(Server):
    """As a server; `behind` are the servers that it passes on to, `is_real` is False for the stand-in."""

    def __init__(self, process: Process, port: int, workspace: Workspace, behind: Sequence[Server]) -> None:
        super().__init__(process, port, workspace)
        self.behind = list(behind)
        self.is_real = process.command.startswith("nginx ")

    def spread(self) -> dict[str, int]:
        """How many connections it has open now to each server behind it."""
        ports = {server.port: server.name for server in self.behind}
        spread = dict.fromkeys(ports.values(), 0)
        for process in _family(self.process.pid):
            with contextlib.suppress(psutil.Error):
                for connection in process.net_connections("tcp"):
                    name = ports.get(connection.raddr.port) if connection.raddr else None
                    if name and connection.status == psutil.CONN_ESTABLISHED:
                        spread[name] += 1
        return spread

    def clock(self) -> Callable[[], float]:
        """Return a clock of what it and the servers behind it have spent together."""
        clocks = [server.clock() for server in self.behind]
        clocks += [processor_clock(process.pid) for process in _family(self.process.pid)]
        return lambda: sum(clock() for clock in clocks)

    @staticmethod
    def _reads(path: str) -> bool:
        return path.startswith("deploy/") and path.endswith(".conf")

    def _settled(self) -> bool:
        return is_settled(self._events, (event for server in self.behind for event in events_of(server.process)))


def _family(pid: int) -> list[psutil.Process]:
    with contextlib.suppress(psutil.Error):
        parent = psutil.Process(pid)
        return [parent, *parent.children(recursive=True)]
    return []
