"""A place in the learner's code: file, line, and what stands there."""

from dataclasses import dataclass

__all__ = ["Place"]


@dataclass(frozen=True)
class Place:
    """One line: `path` relative to the project, `line` counted from 1, `code` what stands there ("" if nothing)."""

    path: str
    line: int
    code: str = ""

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.code}" if self.code else f"{self.path}:{self.line}"
