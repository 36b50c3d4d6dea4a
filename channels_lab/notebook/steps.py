"""How far a check is: a line in the cell that runs, once it takes longer than one waits without asking."""

import time
from types import TracebackType
from typing import Any, Self

from IPython import get_ipython
from IPython.display import clear_output, display

__all__ = ["Steps"]

_PATIENCE_SECONDS = 2
_WIDTH = 20


class Steps:
    """Called with what is done now, one of the `sentences` in their order or another, and for how many seconds.

    Shows a bar, inside a `with`, after the first two seconds, and nothing outside of a notebook.
    """

    def __init__(self, name: str, sentences: list[str]) -> None:
        self._name = name
        self._sentences = sentences
        self._handle: Any = None
        self._began = time.monotonic()

    def __enter__(self) -> Self:
        return self

    def __call__(self, what: str, seconds: float) -> None:
        """Say what is done now."""
        if seconds < _PATIENCE_SECONDS or not hasattr(get_ipython(), "kernel"):
            return
        over = self._sentences.index(what) + 1 if what in self._sentences else 0
        full = _WIDTH * over // (len(self._sentences) + 1)
        self._draw(f"{'█' * full}{'░' * (_WIDTH - full)} {self._name}, {seconds:.0f} s: {what}")

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._handle and error:
            self._draw(f"{self._name}: stopped after {time.monotonic() - self._began:.1f} s")
        elif self._handle:
            clear_output(wait=True)  # the verdict takes its place

    def _draw(self, line: str) -> None:
        bundle = {"text/plain": line}
        if self._handle:
            self._handle.update(bundle, raw=True)
        else:
            self._handle = display(bundle, raw=True, display_id=True)
