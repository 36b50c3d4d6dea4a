"""That a learner is in a room, as a file of the workspace: all of its notebooks are, until one leaves."""

import json
import secrets
import time
from dataclasses import asdict, dataclass
from pathlib import Path

from channels_lab.classroom.address import Address
from channels_lab.classroom.journal import forget
from channels_lab.course.safekeeping import told, write

__all__ = ["Membership"]

_SECONDS = 12 * 3600  # an evening; another day one joins again


@dataclass(frozen=True)
class Membership:
    """In which room, under which name; `secret` makes a learner the same one again, `until` is when it ends."""

    address: Address
    name: str
    secret: str
    until: float

    @classmethod
    def new(cls, workspace: Path, address: Address, name: str) -> "Membership":
        """A membership from now on: the same learner's where they are in this room under this name already."""
        before = cls.read(workspace)
        same = before is not None and (before.address, before.name) == (address, name)
        secret = before.secret if before and same else secrets.token_urlsafe(24)
        return cls(address, name, secret, time.time() + _SECONDS)

    def save(self, workspace: Path) -> None:
        """Keep it in the workspace, and nothing of another room; raises LabError where that cannot be written."""
        with told(_file(workspace)):
            write(_file(workspace), json.dumps(asdict(self)).encode())
            _file(workspace).chmod(0o600)
        forget(workspace, self.secret)

    @classmethod
    def read(cls, workspace: Path) -> "Membership | None":
        """The room that the learner is in; None for none, or where it was another day."""
        try:
            about = json.loads(_file(workspace).read_text(encoding="utf-8"))
            address = Address(str(about["address"]["code"]), str(about["address"]["url"]))
            found = cls(address, str(about["name"]), str(about["secret"]), float(about["until"]))
        except (OSError, ValueError, KeyError, TypeError):
            return None
        return found if 0 < found.until - time.time() <= _SECONDS else None

    @staticmethod
    def end(workspace: Path) -> None:
        """Forget it, and what waits to be reported."""
        with told(_file(workspace)):
            _file(workspace).unlink(missing_ok=True)
        forget(workspace)


def _file(workspace: Path) -> Path:
    return workspace / ".lab" / "classroom.json"
