"""A job: what goes to wherever a submission is judged, and the version of the course that it is to be judged by."""

import hashlib
import platform
from dataclasses import dataclass
from functools import lru_cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import channels_lab
from channels_lab.course.answer import Answer
from channels_lab.errors import LabError
from channels_lab.grading.own_tasks import fingerprint

__all__ = ["Job", "NotJudged", "version_of"]

_PACKAGES = ("django", "channels", "daphne", "channels-redis", "redis", "websockets", "django-tasks-db")


class NotJudged(LabError):
    """An attempt came to nothing by no fault of the submission: it may be tried again."""


@dataclass(frozen=True)
class Job:
    """A submission's answers; `root` is the course's folder where it was read, and `version` that course's.

    The verdicts are there within `seconds`, or the attempt is given up. One that was tried before is judged `apart`:
    what ends its worker then costs no other one an attempt.
    """

    key: str
    answers: tuple[Answer, ...]
    root: Path
    version: str
    trust: bool
    seconds: float
    apart: bool = False


def version_of(root: Path) -> str:
    """What decides verdicts: our code, chapters and an instructor's checks, Python and the packages, as a text."""
    return _version(root, fingerprint())


@lru_cache(4)
def _version(root: Path, own: str) -> str:
    package = Path(channels_lab.__file__).parent
    content = hashlib.sha256(own.encode())
    for folder, pattern in ((package, "*.py"), (root / "notebooks", "*")):
        for path in sorted(one for one in folder.rglob(pattern) if one.is_file() and "__pycache__" not in one.parts):
            content.update(f"{path.relative_to(folder).as_posix()}\0".encode())
            content.update(path.read_bytes())
    for name in _PACKAGES:
        try:
            content.update(f"{name} {version(name)}\0".encode())
        except PackageNotFoundError:
            content.update(f"{name} -\0".encode())
    python = ".".join(platform.python_version_tuple()[:2])
    return f"{content.hexdigest()[:12]} (Python {python}, Django {version('django')})"
