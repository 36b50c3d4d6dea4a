"""A room: its code for learners, its key for the leader, and the folder in which both outlive a restart."""

import json
import secrets
from dataclasses import asdict, dataclass
from pathlib import Path

from channels_lab.course.safekeeping import keep, told
from channels_lab.errors import LabError

__all__ = ["Room", "plain_code"]

# Nothing that looks like something else on a projector.
_LETTERS = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"
_LENGTH = 6


@dataclass(frozen=True)
class Room:
    """`code` lets learners in, `key` the leader; `secret` signs the cookies of both."""

    code: str
    key: str
    secret: str

    @classmethod
    def open(cls, folder: Path, *, new: bool = False) -> "Room":
        """Read the room of this folder, or make one; a `new` one keeps what was there beside, in `kept/`.

        Raises LabError where the folder cannot be written, or holds something else.
        """
        file = folder / "room.json"
        with told(folder):
            if new:
                keep(folder.parent / "kept", "classroom", folder)
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            if not file.exists():
                room = cls(_new_code(), secrets.token_urlsafe(24), secrets.token_urlsafe(50))
                file.touch(mode=0o600)
                file.write_text(json.dumps(asdict(room)), encoding="utf-8")
            text = file.read_text(encoding="utf-8", errors="replace")
        try:
            about = json.loads(text)
            return cls(*(_word(about[name]) for name in ("code", "key", "secret")))
        except (ValueError, KeyError, TypeError):
            raise LabError(f"{file} is no room's.", "Begin a new one; what is there is kept:  --new") from None


def plain_code(typed: str) -> str:
    """A code as it is compared: however it was typed, in capitals and without what was put between."""
    return "".join(sign for sign in typed.upper() if sign.isalnum())


def _new_code() -> str:
    return "".join(secrets.choice(_LETTERS) for _ in range(_LENGTH))


def _word(value: object) -> str:
    if not isinstance(value, str) or len(value) < _LENGTH:
        raise ValueError(value)
    return value
