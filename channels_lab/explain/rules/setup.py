"""Rules about what has to be done before models are imported: settings, and django.setup()."""

import re

from channels_lab.explain.book import Said, rule
from channels_lab.explain.evidence import Evidence
from channels_lab.explain.names import imported, leads_to, modules_of, nearest
from channels_lab.explain.place import Place
from channels_lab.explain.source import Source

__all__: list[str] = []

_APPS = "https://docs.djangoproject.com/en/stable/ref/applications/#troubleshooting"
_TROUBLE = "https://channels.readthedocs.io/en/stable/topics/troubleshooting.html#improperlyconfigured-exception"
_SETTINGS = "https://docs.djangoproject.com/en/stable/topics/settings/#designating-the-settings"
_NOT_READY = r"AppRegistryNotReady: (?:Apps|Models) aren't loaded yet"
_VARIABLE = "DJANGO_SETTINGS_MODULE"


@rule("models-before-setup", page=_TROUBLE)
def models_before_setup(evidence: Evidence) -> Said | None:
    """asgi.py imports what needs models before get_asgi_application() has loaded them."""
    raised = evidence.raised(_NOT_READY)
    path = evidence.source.asgi_path
    if not raised or not raised.place or _while_populating(evidence):
        return None
    setup = [
        call.place.line for name in ("get_asgi_application", "setup") for call in evidence.source.calls(name, path)
    ]
    early = _import_that_leads_to(evidence.source, path, raised.place.path)
    if not early or (setup and early.line > min(setup)):
        return None
    models = "" if raised.place == early else f" This one leads to `{raised.place.code}` in `{raised.place.path}`."
    return Said(
        see="`AppRegistryNotReady: Apps aren't loaded yet.` The server did not start.",
        why="Models can be imported only when Django has loaded the apps. In `asgi.py` it is `get_asgi_application()` "
        f"that loads them, and your import stands above it.{models}",
        change=f"Move the import below `… = get_asgi_application()`: `{early.code}`.",
        place=early,
    )


@rule("models-in-init", page=_APPS)
def models_in_init(evidence: Evidence) -> Said | None:
    """An app's __init__.py or apps.py imports models, while Django is loading the apps."""
    raised = evidence.raised(_NOT_READY)
    if not raised or not raised.place or not _while_populating(evidence):
        return None
    for path in (path for path in evidence.source.files if path.endswith(("/__init__.py", "/apps.py"))):
        if early := _import_that_leads_to(evidence.source, path, raised.place.path):
            return Said(
                see="`AppRegistryNotReady: Apps aren't loaded yet.` The server did not start.",
                why=f"Django first imports each app's package and its `apps.py`, then the models of all. `{path}` "
                "imports models in that first round.",
                change="Take the import out; what needs models imports them in the method `ready()` of the app's "
                "config, or where it uses them.",
                place=early,
            )
    return None


@rule("settings-not-named", page=_SETTINGS)
def settings_not_named(evidence: Evidence) -> Said | None:
    """Settings were asked for before DJANGO_SETTINGS_MODULE was set."""
    raised = evidence.raised(r"Requested settings?,? ?(\w*),? but settings are not configured")
    if not raised or not raised.process:
        return None
    source = evidence.source
    late = source.strings(_VARIABLE, source.asgi_path)
    module = source.settings_path.removesuffix(".py").replace("/", ".") or "config.settings"
    needs = _import_that_leads_to(source, source.asgi_path, raised.place.path) if raised.place else None
    line = f'os.environ.setdefault("{_VARIABLE}", "{module}")'
    return Said(
        see=f"`ImproperlyConfigured: Requested setting {raised.match[1]}, but settings are not configured.`",
        why=f"Django finds the settings by the variable `{_VARIABLE}`. manage.py sets it for itself; for Daphne, "
        f"`{source.asgi_path}` has to. "
        + (f"It does so in line {late[0].line}, which is too late." if late else "It does not."),
        change=f"Write `{line}` above what needs settings: imports of models, and `get_asgi_application()`.",
        place=late[0] if late else needs or raised.place,
    )


@rule("settings-module", page=_SETTINGS)
def settings_module(evidence: Evidence) -> Said | None:
    """DJANGO_SETTINGS_MODULE names a module that is not there."""
    raised = evidence.raised(r"No module named '([\w.]+)'")
    if not raised or raised.match[1] in modules_of(evidence.source):
        return None
    for path, text in evidence.source.files.items():
        for found in re.finditer(rf"""{_VARIABLE}['"]\s*(?:,|\]\s*=)\s*['"]([\w.]+)['"]""", text):
            if f"{found[1]}.".startswith(f"{raised.match[1]}."):
                right = evidence.source.settings_path.removesuffix(".py").replace("/", ".")
                right = right or nearest(found[1], modules_of(evidence.source))
                return Said(
                    see=f"`{raised.text}`; the command did not start.",
                    why=f"`{_VARIABLE}` names the module of the settings, and the project has no `{found[1]}`.",
                    change=f'Write `os.environ.setdefault("{_VARIABLE}", "{right or "config.settings"}")`.',
                    place=evidence.source.place(path, text[: found.start()].count("\n") + 1),
                )
    return None


def _while_populating(evidence: Evidence) -> bool:
    """Whether Django was loading the apps, and not yet asked to."""
    return bool(evidence.search(r"registry\.py\", line \d+, in populate"))


def _import_that_leads_to(source: Source, path: str, goal: str) -> Place | None:
    """The first import in a file that imports the goal, directly or not; in the goal itself, that of models."""
    for one, target in imported(source, path):
        if target != path and leads_to(source, target, goal):
            return one.place
    if path == goal:
        return next((one.place for one in source.imports(path) if "models" in one.module.split(".")), None)
    return None
