"""What a measurement asks of the server that is measured: what the lab's servers, and proxies before them, have."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Protocol, Self

from channels_lab.running.process import Process
from channels_lab.running.usage import Usage
from channels_lab.wire.visitor import Visitor

__all__ = ["Host", "Measured", "Progress"]


class Progress(AbstractContextManager["Progress"], Protocol):
    """Tells somebody, inside a `with`, how far a measurement is."""

    def __enter__(self) -> Self: ...

    def show(self, what: str, done: int) -> None:
        """Say what is done now, and that `done` steps are over."""


class Host(Protocol):
    """What gives visitors: a server, or a proxy before it."""

    def visitor(self, name: str) -> Visitor:
        """A visitor by this name."""

    def progress(self, name: str, steps: int) -> Progress:
        """What tells of a measurement by this name."""


class Measured(Protocol):
    """A server whose process is looked at."""

    port: int
    process: Process

    def check(self) -> None:
        """Raise LabError when it has ended."""

    def usage(self) -> Usage:
        """What its process takes now."""

    def clock(self) -> Callable[[], float]:
        """Tells the processor seconds of all that it needs for its work."""

    def progress(self, name: str, steps: int) -> Progress:
        """What tells of a measurement by this name."""
