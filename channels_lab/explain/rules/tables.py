"""Rules about tables that the database does not have."""

from channels_lab.explain.book import Said, rule
from channels_lab.explain.evidence import Evidence
from channels_lab.explain.names import modules_of

__all__: list[str] = []

_MIGRATIONS = "https://docs.djangoproject.com/en/stable/topics/migrations/"


@rule("no-table", page=f"{_MIGRATIONS}#workflow")
def no_table(evidence: Evidence) -> Said | None:
    """The migrations that make the table have not been run."""
    raised = evidence.raised(r"no such table: (\w+)")
    if not raised:
        return None
    app = _app(evidence, raised.match[1])
    if app and not _has_migrations(evidence, app):
        return None
    return Said(
        see=f"`OperationalError: {raised.match[0]}`",
        why="Models are code; their tables are made by migrations, and somebody has to run these. On this database "
        "nobody has, or not since the last one was written.",
        change='Run `python manage.py migrate` (in a notebook `await lab.manage("migrate")`).',
        place=raised.place,
    )


@rule("no-migrations", page=f"{_MIGRATIONS}#adding-migrations-to-apps")
def no_migrations(evidence: Evidence) -> Said | None:
    """The app of the model has no migrations."""
    raised = evidence.raised(r"no such table: (\w+)")
    app = _app(evidence, raised.match[1]) if raised else ""
    if not raised or not app or _has_migrations(evidence, app):
        return None
    return Said(
        see=f"`OperationalError: {raised.match[0]}`",
        why=f"Tables are made by migrations, and the app `{app}` has none: there is no file in "
        f"`{app.replace('.', '/')}/migrations/`. So `migrate` finds nothing to do for it.",
        change=f"Run `python manage.py makemigrations {app.rpartition('.')[2]}`, which writes one, then `migrate`.",
        place=raised.place,
    )


@rule("no-column", page=f"{_MIGRATIONS}#workflow")
def no_column(evidence: Evidence) -> Said | None:
    """A field was added to a model, and the table does not have it."""
    raised = evidence.raised(r"no such column: (\w+)\.(\w+)|table (\w+) has no column named (\w+)")
    if not raised:
        return None
    table, column = raised.match[1] or raised.match[3], raised.match[2] or raised.match[4]
    app = _app(evidence, table).rpartition(".")[2]
    return Said(
        see=f"`OperationalError: {raised.match[0]}`",
        why=f"The model has the field `{column}`, and the table `{table}` was made before that. Changing a model "
        "changes no table: a migration does.",
        change=f"Run `python manage.py makemigrations {app}`, then `python manage.py migrate`.",
        place=raised.place,
    )


def _app(evidence: Evidence, table: str) -> str:
    """The project's own app that a table is called after; "" where it is another's."""
    setting = evidence.source.setting("INSTALLED_APPS")
    modules = modules_of(evidence.source)
    apps = [app for app in (setting.value if setting else ()) if isinstance(app, str)]
    names = [app.partition(".apps.")[0] for app in apps]
    return next((n for n in names if n in modules and table.startswith(f"{n.rpartition('.')[2]}_")), "")


def _has_migrations(evidence: Evidence, app: str) -> bool:
    folder = f"{app.replace('.', '/')}/migrations/"
    return any(path.startswith(folder) and not path.endswith("__init__.py") for path in evidence.source.files)
