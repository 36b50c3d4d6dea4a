"""The log of a process: the file of all that it prints."""

from pathlib import Path

__all__ = ["Log"]


class Log:
    """What a process prints, in a file; there is none until it has begun."""

    def __init__(self, path: Path) -> None:
        self.path = path

    @property
    def size(self) -> int:
        """How many bytes have been printed so far."""
        try:
            return self.path.stat().st_size
        except OSError:
            return 0

    def text(self, since: int = 0) -> str:
        """What was printed beyond so many bytes; "" where there is nothing."""
        try:
            with self.path.open("rb") as file:
                file.seek(since)
                return file.read().decode("utf-8", "replace")
        except OSError:
            return ""
