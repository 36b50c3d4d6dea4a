"""Rules about INSTALLED_APPS: apps that are misspelt, missing or twice."""

from channels_lab.explain.book import Said, rule
from channels_lab.explain.evidence import Evidence
from channels_lab.explain.names import library_modules, modules_of, nearest
from channels_lab.explain.place import Place
from channels_lab.explain.source import Source

__all__: list[str] = []

_SETTING = "https://docs.djangoproject.com/en/stable/ref/settings/#installed-apps"
_APPS = "https://docs.djangoproject.com/en/stable/ref/applications/#django.apps.AppConfig.label"
_NO_MODULE = r"No module named '([\w.]+)'|Module '([\w.]+)' does not contain a '(\w+)' class"


@rule("app-name", page=_SETTING)
def app_name(evidence: Evidence) -> Said | None:
    """An entry of INSTALLED_APPS cannot be imported."""
    app, place = _entry(evidence)
    if not app or not place or app not in place.code:
        return None
    modules = modules_of(evidence.source)
    packages = {name.partition(".")[0] for name in modules if "." in name}
    config = app.partition(".apps.")[0]
    near = config if config != app and config in packages else nearest(app, [*packages, *_OTHERS, *_contrib()])
    return Said(
        see=f"`{_text(evidence)}`, while Django loaded the apps.",
        why="Each entry of `INSTALLED_APPS` is the name of a package that can be imported: a folder of the project, or "
        f"a package that is installed. `{app}` is neither.",
        change=f'Write `"{near}"`.'
        if near
        else f"Take `{app}` out; or make the folder, or install the package with `%pip install`.",
        place=place,
    )


@rule("app-comma", page="https://docs.python.org/3/tutorial/introduction.html#tut-strings")
def app_comma(evidence: Evidence) -> Said | None:
    """Two entries of INSTALLED_APPS have no comma between them, and are one text."""
    app, place = _entry(evidence)
    if not app or not place or app in place.code:
        return None
    entry = place.code.rstrip(", ").rpartition(",")[2].strip()
    return Said(
        see=f"`{_text(evidence)}`, while Django loaded the apps.",
        why="Two texts that follow each other without a comma are one text for Python. So two apps became one, "
        f"`{app}`, which does not exist.",
        change=f"Put a comma after `{entry}`.",
        place=place,
    )


@rule("app-twice", page=_APPS)
def app_twice(evidence: Evidence) -> Said | None:
    """Two entries of INSTALLED_APPS have the same label."""
    raised = evidence.raised(r"Application labels aren't unique, duplicates: (\w+)")
    setting = evidence.source.setting("INSTALLED_APPS")
    if not raised or not setting:
        return None
    label = raised.match[1]
    same = [str(app) for app in setting.value if label in str(app).split(".")]
    places = [p for app in set(same) for p in evidence.source.strings(app, evidence.source.settings_path)]
    return Said(
        see=f"`ImproperlyConfigured: {raised.match[0]}`",
        why=f"Django names an app by the last part of its package, its label. `INSTALLED_APPS` has `{label}` twice: "
        + (f"{' and '.join(f'`{app}`' for app in same)}." if same else "look for it in what is added to the list."),
        change="Take one of the two out; or give one another `label` in its `AppConfig`.",
        place=places[-1] if places else setting.place,
    )


@rule("own-app-missing", page=_SETTING)
def own_app_missing(evidence: Evidence) -> Said | None:
    """A model of the project is in no installed app."""
    app, model = _model(evidence)
    raised = evidence.raised(_MODEL)
    modules = modules_of(evidence.source)
    setting = evidence.source.setting("INSTALLED_APPS")
    if not raised or not app or app.partition(".")[0] not in modules:
        return None
    return Said(
        see=f"`RuntimeError: Model class {raised.match[1]} doesn't declare an explicit app_label …`",
        why=f"Each model belongs to an app, after which its table is named. `{model}` is in the package `{app}`, and "
        "that is not in `INSTALLED_APPS`.",
        change=f'Add `"{app}"` to `INSTALLED_APPS`, then `makemigrations` and `migrate`.',
        place=setting.place if setting else raised.place,
    )


@rule("contrib-app-missing", page="https://docs.djangoproject.com/en/stable/ref/contrib/")
def contrib_app_missing(evidence: Evidence) -> Said | None:
    """A model of one of Django's apps is used, and that app is not installed."""
    app, model = _model(evidence)
    setting = evidence.source.setting("INSTALLED_APPS")
    if not app or not setting or app.partition(".")[0] in modules_of(evidence.source):
        return None
    needs = {
        "django.contrib.sessions": "Sessions, and so `AuthMiddlewareStack` and logins,",
        "django.contrib.auth": "Logins",
    }
    return Said(
        see=f"`RuntimeError: Model class {app}.models.{model} doesn't declare an explicit app_label …`",
        why=f"{needs.get(app, 'Parts of this project')} need the model `{model}`, which belongs to the app `{app}`. "
        "That one is not in `INSTALLED_APPS`.",
        change=f'Add `"{app}"` to `INSTALLED_APPS`, then run `migrate`: the app has tables.',
        place=setting.place,
    )


_MODEL = r"Model class (([\w.]+)\.models(?:\.\w+)*\.(\w+)) doesn't declare an explicit app_label"
_OTHERS = ("daphne", "channels")


def _contrib() -> list[str]:
    return library_modules("django.contrib")


def _model(evidence: Evidence) -> tuple[str, str]:
    """The app and the name of a model that is in no installed app; ("", "") for none."""
    raised = evidence.raised(_MODEL)
    return (raised.match[2], raised.match[3]) if raised else ("", "")


def _entry(evidence: Evidence) -> tuple[str, Place | None]:
    """The entry of INSTALLED_APPS that could not be imported, and its line."""
    raised = evidence.raised(_NO_MODULE)
    setting = evidence.source.setting("INSTALLED_APPS")
    if not raised or not setting or not evidence.search(r"registry\.py\", line \d+, in populate"):
        return "", None
    missing = raised.match[1] or f"{raised.match[2]}.{raised.match[3]}"
    for app in setting.value:
        if isinstance(app, str) and f"{app}.".startswith(f"{missing}."):
            return app, _place(evidence.source, app)
    return "", None


def _place(source: Source, app: str) -> Place | None:
    places = source.strings(app, source.settings_path)
    return places[-1] if places else None


def _text(evidence: Evidence) -> str:
    raised = evidence.raised(_NO_MODULE)
    return raised.text if raised else ""
