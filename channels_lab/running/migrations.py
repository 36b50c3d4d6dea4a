"""Migrating the project's database, when its migrations are not those that it has seen."""

import contextlib
import hashlib
from pathlib import Path

from channels_lab.running import servers

__all__ = ["migrate"]


async def migrate(project: Path, seen: Path) -> None:
    """Run `manage.py migrate` unless it was run for these very migrations and this database before.

    `seen` is the file that remembers. Asking Django itself would cost as much as starting a server. A project
    without `manage.py` has nothing to migrate. Raises ProcessEnded when the command fails.
    """
    if not _needed(project, seen):
        return
    # Checks belong to the command that the reader gave: runserver makes them, daphne does not.
    process = servers.manage(project, "migrate", "--no-input", "--skip-checks", name="migrate")
    if await process.end(60):
        process.check()
    _remember(project, seen)


def _needed(project: Path, seen: Path) -> bool:
    if not (project / "manage.py").exists():
        return False
    return not seen.exists() or seen.read_text() != _fingerprint(project)


def _remember(project: Path, seen: Path) -> None:
    with contextlib.suppress(OSError):  # on a full disk it is not remembered, and done again
        seen.parent.mkdir(parents=True, exist_ok=True)
        seen.write_text(_fingerprint(project))


def _fingerprint(project: Path) -> str:
    """The settings, the migrations and which database file it is, as one word."""
    digest = hashlib.sha256()
    for file in [project / "config" / "settings.py", *sorted(project.glob("*/migrations/*.py"))]:
        if file.exists():
            digest.update(f"{file.relative_to(project)}\0".encode() + file.read_bytes())
    database = project / "db.sqlite3"
    return f"{digest.hexdigest()} {database.stat().st_ino if database.exists() else 'none'}"
