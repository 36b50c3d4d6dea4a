"""Trees: the pristine checkpoint that a task starts from, prepared once, and fresh copies of it with an answer."""

import asyncio
import contextlib
import hashlib
import json
import os
import secrets
import shutil
import sys
import tempfile
from dataclasses import dataclass
from functools import lru_cache
from importlib.metadata import version
from pathlib import Path

from channels_lab.course.course import Course
from channels_lab.errors import LabError
from channels_lab.grading.chance import Chance
from channels_lab.running import servers
from channels_lab.running.starter import Confined, Starter
from channels_lab.running.warmstart import warm_start

__all__ = ["Checkpoint", "Checkpoints", "Person"]

_PEOPLE = ("alice", "bob", "sam")
_STRANGERS = 6  # people with names that nobody can know beforehand
_PREPARE_SECONDS = 60

# Run inside the project: its database made, and people in it who are logged in already, which takes a page otherwise.
_PREPARE = """
import json, sys
from importlib import import_module
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY, get_user_model
from django.contrib.auth.hashers import PBKDF2PasswordHasher
from django.core.management import call_command
from django.db import connections

call_command("migrate", interactive=False, skip_checks=True, verbosity=0)
hasher, users = PBKDF2PasswordHasher(), get_user_model().objects
for name in {names!r}:
    # One round: there is no secret to guard, and it is quick.
    users.get_or_create(username=name, defaults={{"password": hasher.encode(name, hasher.salt(), iterations=1)}})
people = {{}}
for user in users.order_by("pk"):
    session = import_module(settings.SESSION_ENGINE).SessionStore()
    session[SESSION_KEY] = user._meta.pk.value_to_string(user)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.create()
    people[user.username] = {{settings.SESSION_COOKIE_NAME: session.session_key}}
connections.close_all()
with open({place!r}, "w") as file:
    json.dump(people, file)
"""


@dataclass(frozen=True)
class Person:
    """Somebody who has an account, and a session: `cookies` are those of a browser that has logged in."""

    name: str
    cookies: dict[str, str]


@dataclass(frozen=True)
class Checkpoint:
    """The project at the end of a chapter, prepared: `folder` holds it, with its database; `key` is its secret key.

    `people` are alice, bob, sam, and some with names by chance, where the chapter has accounts.
    """

    folder: Path
    key: str
    people: dict[str, Person]
    texts: dict[str, str]

    @property
    def env(self) -> dict[str, str]:
        """What its processes find in their environment."""
        return {"DJANGO_SECRET_KEY": self.key}

    def copy(self, place: Path, files: dict[str, str]) -> None:
        """Make a fresh tree at `place` with these files of an answer on top; raises LabError when the disk is full."""
        try:
            shutil.copytree(self.folder, place, dirs_exist_ok=True)
            for path, text in files.items():
                (place / path).parent.mkdir(parents=True, exist_ok=True)
                before = (place / path).stat().st_mtime_ns if (place / path).exists() else 0
                (place / path).write_text(text, encoding="utf-8")
                os.utime(place / path, ns=(before, before))  # no tree looks newer than another
        except (OSError, UnicodeError, shutil.Error) as error:
            reason = getattr(error, "strerror", None) or str(error)
            raise LabError(f"The answer's files cannot be written: {reason}.", "Free some space.") from None


class Checkpoints:
    """Prepared checkpoints of a course, kept in `folder` by what they hold: a changed course prepares anew."""

    def __init__(self, course: Course, folder: Path | None = None) -> None:
        self.course = course
        self.folder = folder or course.workspace_folder / ".lab" / "checkpoints"

    async def at(self, chapter: str, starter: Starter | None = None) -> Checkpoint:
        """The project at the end of a chapter; prepares it where that has not been done, by default with our keeper."""
        number, texts = _replayed(self.course, chapter)
        place = self.folder / f"{number}-{_fingerprint(texts)}"
        if not (place / "prepared.json").is_file():
            await self._prepare(number, texts, place, starter or warm_start())
        told = json.loads((place / "prepared.json").read_text(encoding="utf-8"))
        people = {name: Person(name, cookies) for name, cookies in told["people"].items()}
        return Checkpoint(place / "project", told["key"], people, texts)

    async def _prepare(self, number: str, texts: dict[str, str], place: Path, starter: Starter) -> None:
        """Build it beside and move it into place: another process may be doing the same."""
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            beside = Path(tempfile.mkdtemp(prefix=f".{number}-", dir=self.folder))
        except OSError as error:
            raise LabError(f"{self.folder} cannot be written: {error.strerror}.", "Free some space.") from None
        try:
            project = beside / "project"
            project.mkdir()
            for path, text in texts.items():
                (project / path).parent.mkdir(parents=True, exist_ok=True)
                (project / path).write_text(text, encoding="utf-8")
            told = {"key": secrets.token_urlsafe(40), "people": {}}
            if (project / "manage.py").is_file():
                told["people"] = await _populate(project, str(told["key"]), beside / "people.json", starter)
            (beside / "prepared.json").write_text(json.dumps(told), encoding="utf-8")
            _take_place(beside, place)
        except OSError as error:
            raise LabError(f"{self.folder} cannot be written: {error.strerror}.", "Free some space.") from None
        finally:
            shutil.rmtree(beside, ignore_errors=True)


def _take_place(beside: Path, place: Path) -> None:
    """Move what is prepared into its place, unless another was quicker; what an older course needed goes."""
    with contextlib.suppress(OSError):
        beside.rename(place)
    for old in place.parent.glob(f"{place.name.partition('-')[0]}-*"):
        if old != place:
            shutil.rmtree(old, ignore_errors=True)


async def _populate(project: Path, key: str, place: Path, starter: Starter) -> dict[str, dict[str, str]]:
    """Migrate the database and log people in; returns the cookies of each."""
    names = (*_PEOPLE, *Chance().words(_STRANGERS))
    code = _PREPARE.format(names=names, place=str(place))
    confined = Confined(starter, {"DJANGO_SECRET_KEY": key})
    process = servers.manage(project, "shell", "--no-imports", "--command", code, name="prepare", keeper=confined)
    if await process.end(_PREPARE_SECONDS):
        process.check()
    people: dict[str, dict[str, str]] = json.loads(await asyncio.to_thread(place.read_text, "utf-8"))
    return people


def _replayed(course: Course, chapter: str) -> tuple[str, dict[str, str]]:
    found = course.chapter(chapter)
    changed = max(path.stat().st_mtime_ns for path in found.notebook.parent.rglob("*"))
    return found.number, _texts(course.root, found.number, changed)


@lru_cache(16)
def _texts(root: Path, number: str, changed: int) -> dict[str, str]:
    course = Course(root)
    return course.after(course.chapter(number)).texts()


def _fingerprint(texts: dict[str, str]) -> str:
    about = {"files": texts, "prepare": _PREPARE, "python": sys.version_info[:2], "django": version("django")}
    return hashlib.sha256(json.dumps(about, sort_keys=True).encode()).hexdigest()[:16]
