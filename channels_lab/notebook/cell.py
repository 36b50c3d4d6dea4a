"""The cell that runs now, and how things stood when it began."""

import time
from dataclasses import dataclass, field
from pathlib import Path

__all__ = ["Cell", "begin", "running"]


@dataclass(frozen=True)
class Cell:
    """A cell: its id where the frontend tells it, its text, its begin (monotonic clock), the size of each log then."""

    id: str = ""
    text: str = ""
    began: float = field(default_factory=time.monotonic)
    printed: dict[Path, int] = field(default_factory=dict)


_running = Cell()


def running() -> Cell:
    """The cell that runs now, or that ran last."""
    return _running


def begin(cell: Cell) -> None:
    """Note that a cell begins."""
    global _running
    _running = cell
