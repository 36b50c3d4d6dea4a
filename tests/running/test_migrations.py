"""Migrating a project's database when it has to be."""

import sqlite3
from pathlib import Path

import pytest

from channels_lab.running import servers
from channels_lab.running.migrations import migrate
from channels_lab.running.process import ProcessEnded

pytestmark = pytest.mark.usefixtures("keeper")

MIGRATION = """
from django.db import migrations, models
class Migration(migrations.Migration):
    initial = True
    dependencies = []
    operations = [migrations.CreateModel("NAME", [("id", models.AutoField(primary_key=True))])]
"""


@pytest.fixture
def starts(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the commands that are started."""
    names: list[str] = []
    manage = servers.manage

    def counted(*args: object, **options: object) -> object:
        names.append(str(args[1]))
        return manage(*args, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(servers, "manage", counted)
    return names


def add_migration(project: Path, model: str = "Room") -> None:
    """Give the project's chat a first migration."""
    folder = project / "chat" / "migrations"
    folder.mkdir(exist_ok=True)
    (folder / "__init__.py").touch()
    (folder / "0001_initial.py").write_text(MIGRATION.replace("NAME", model))


def tables(project: Path) -> set[str]:
    """The names of the database's tables."""
    database = sqlite3.connect(project / "db.sqlite3")
    try:
        return {row[0] for row in database.execute("select name from sqlite_master where type='table'")}
    finally:
        database.close()


async def test_once_is_enough(project: Path, tmp_path: Path, starts: list[str]) -> None:
    """The first call migrates; the second, with nothing changed, starts nothing."""
    seen = tmp_path / "lab" / "migrated"
    add_migration(project)
    await migrate(project, seen)
    assert "chat_room" in tables(project)
    await migrate(project, seen)
    assert starts == ["migrate"]


async def test_a_new_migration(project: Path, tmp_path: Path, starts: list[str]) -> None:
    """A migration that was added is applied by the next call."""
    seen = tmp_path / "migrated"
    await migrate(project, seen)
    assert "chat_room" not in tables(project)
    add_migration(project)
    await migrate(project, seen)
    assert "chat_room" in tables(project)
    assert len(starts) == 2


async def test_a_new_database(project: Path, tmp_path: Path) -> None:
    """A database that was removed is made again."""
    seen = tmp_path / "migrated"
    add_migration(project)
    await migrate(project, seen)
    (project / "db.sqlite3").unlink()
    await migrate(project, seen)
    assert "chat_room" in tables(project)


async def test_a_migration_that_fails(project: Path, tmp_path: Path) -> None:
    """A broken migration is told with the learner's own line, and is tried again by the next call."""
    seen = tmp_path / "migrated"
    add_migration(project)
    file = project / "chat" / "migrations" / "0001_initial.py"
    file.write_text(file.read_text() + "raise RuntimeError('a broken migration')\n")
    for _ in range(2):
        with pytest.raises(ProcessEnded, match="migrate ended with status 1") as caught:
            await migrate(project, seen)
        assert "chat/migrations/0001_initial.py, line" in caught.value.details
        assert "a broken migration" in caught.value.details
    assert not seen.exists()


async def test_a_project_without_manage_py(tmp_path: Path, starts: list[str]) -> None:
    """A folder without manage.py has nothing to migrate."""
    await migrate(tmp_path, tmp_path / "migrated")
    assert starts == []
