"""What the lab says when something cannot go on: a sentence, and what to do."""

__all__ = ["LabError"]


class LabError(Exception):
    """A fault that is shown to the reader in one or two lines, without a traceback of ours.

    `message` says what happened, `fix` what to do about it; `details` holds lines worth seeing (the
    learner's own lines of a traceback, the tail of a log).
    """

    def __init__(self, message: str, fix: str = "", details: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.fix = fix
        self.details = details

    def __str__(self) -> str:
        return "\n".join(part for part in (self.message, self.fix, self.details) if part)

    def _render_traceback_(self) -> list[str]:
        """What IPython shows in place of a traceback."""
        bold, plain = "\x1b[1m", "\x1b[0m"
        return [f"{bold}{self.message}{plain}", *(part for part in (self.fix, self.details) if part)]
