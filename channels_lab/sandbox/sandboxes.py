"""Sandboxes, one after another: forked from a nursery, or where there can be none each made anew by bubblewrap."""

from channels_lab.errors import LabError
from channels_lab.running.limits import Limits
from channels_lab.sandbox.nursery import Nursery
from channels_lab.sandbox.sandbox import Sandbox

__all__ = ["Sandboxes"]

# Where so many nurseries have failed, the system does not let them do what they need to.
_TRIES = 2


class Sandboxes:
    """Makes sandboxes, for the thread that has made this. `close` ends them as well."""

    def __init__(self) -> None:
        self._nursery: Nursery | None = None
        self._failed = 0

    @property
    def warm(self) -> bool:
        """Whether a sandbox is made in a moment, as far as is known."""
        return self._failed < _TRIES

    def begin(self) -> None:
        """Let a nursery become warm; nothing is awaited. Raises LabError where bubblewrap is not there."""
        self._nursery = self._nursery or Nursery()

    def make(self, limits: Limits | None = None) -> Sandbox:
        """Another sandbox; raises LabError where none can be made."""
        while self.warm:
            try:
                self.begin()
                return Sandbox(limits, self._nursery)
            except LabError:
                self._failed += 1
                self.close()
        return Sandbox(limits)

    def close(self) -> None:
        """End the nursery, and what has come from it."""
        if self._nursery:
            self._nursery.close()
            self._nursery = None
