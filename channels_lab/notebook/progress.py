"""How far a measurement is: a bar in the cell that runs, and how long it took when it is over."""

import time
from types import TracebackType
from typing import Any, Self

from IPython import get_ipython
from IPython.display import display

__all__ = ["Progress"]

_WIDTH = 20


class Progress:
    """Shows a bar of `steps` inside a `with`, in a notebook; elsewhere nothing. `name` says what it is about."""

    def __init__(self, name: str, steps: int) -> None:
        self._name = name
        self._steps = steps
        self._handle: Any = None
        self._began = time.monotonic()

    def __enter__(self) -> Self:
        return self

    def show(self, what: str, done: int) -> None:
        """Say what is done now, and that `done` steps are over."""
        full = _WIDTH * done // self._steps
        self._draw(f"{'█' * full}{'░' * (_WIDTH - full)} {self._name}: {what}")

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        seconds = time.monotonic() - self._began
        self._draw(f"{self._name}: {'stopped' if error else 'measured'} after {seconds:.1f} s")

    def _draw(self, line: str) -> None:
        bundle = {"text/plain": line}
        if self._handle:
            self._handle.update(bundle, raw=True)
        elif hasattr(get_ipython(), "kernel"):
            self._handle = display(bundle, raw=True, display_id=True)
