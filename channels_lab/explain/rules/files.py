"""Rules about templates and static files: files that a server looks for and does not find."""

import re
from pathlib import Path

from channels_lab.explain.book import Said, rule
from channels_lab.explain.evidence import Evidence
from channels_lab.explain.names import nearest

__all__: list[str] = []

_TEMPLATES = "https://docs.djangoproject.com/en/stable/topics/templates/#configuration"
_STATIC = "https://docs.djangoproject.com/en/stable/howto/static-files/#serving-static-files-during-development"
_HIDDEN = re.compile(r"(^|/)(\.|venv/|env/|node_modules/|site-packages/)")
_MOST = 2000


@rule("template-of-no-app", page=_TEMPLATES)
def template_of_no_app(evidence: Evidence) -> Said | None:
    """The template is there, in an app that is not installed."""
    raised = evidence.raised(r"TemplateDoesNotExist: (\S+)")
    setting = evidence.source.setting("INSTALLED_APPS")
    if not raised or not setting or not setting.value:
        return None
    for path in _files(evidence):
        app, found, name = path.partition("/templates/")
        if found and name == raised.match[1] and not any(_is(str(entry), app) for entry in setting.value):
            return Said(
                see=f"`TemplateDoesNotExist: {name}`; the page got a 500.",
                why=f"Django looks for templates in the folders `templates/` of the apps in `INSTALLED_APPS`. `{path}` "
                f"is there, but `{app}` is not installed.",
                change=f'Add `"{app.replace("/", ".")}"` to `INSTALLED_APPS`.',
                place=setting.place,
            )
    return None


@rule(
    "template-name",
    page=_TEMPLATES,
)
def template_name(evidence: Evidence) -> Said | None:
    """There is no template of this name, but one like it, or one of it elsewhere."""
    raised = evidence.raised(r"TemplateDoesNotExist: (\S+)")
    if not raised:
        return None
    wanted, files = raised.match[1], list(_files(evidence))
    names = {path.rpartition("templates/")[2]: path for path in files if "templates/" in path}
    if wanted in names:
        return None
    last = wanted.rpartition("/")[2]
    near = nearest(wanted, names)
    elsewhere = [path for path in files if path.rpartition("/")[2] == last]
    if elsewhere and not near:
        near = elsewhere[0].rpartition("templates/")[2] if "templates/" in elsewhere[0] else ""
    if near:
        change = f"Write `{near}`, or rename the file: `{names[near]}`."
    elif elsewhere:
        change = f"Move `{elsewhere[0]}` to `{wanted.partition('/')[0]}/templates/{wanted}`."
    else:
        change = f"Write the file `{wanted.partition('/')[0] if '/' in wanted else 'app'}/templates/{wanted}`."
    return Said(
        see=f"`TemplateDoesNotExist: {wanted}`; the page got a 500.",
        why="A template's name is its path below a folder `templates/`: that of an installed app, or one that "
        "`TEMPLATES` names in `DIRS`. None of these folders has this one.",
        change=change,
        place=raised.place,
    )


@rule("static-by-daphne", page=_STATIC)
def static_by_daphne(evidence: Evidence) -> Said | None:
    """The command daphne was asked for a static file, and no route serves these."""
    setting = evidence.source.setting("STATIC_URL")
    served = evidence.source.calls("staticfiles_urlpatterns") or evidence.source.calls("ASGIStaticFilesHandler")
    if not setting or not isinstance(setting.value, str) or served:
        return None
    url = f"/{setting.value.strip('/')}/"
    for connection in evidence.connections:
        name = connection.path.removeprefix(url)
        missing = [event for event in connection.sent("http.response.start") if event.get("status") == 404]
        if (
            not missing
            or name == connection.path
            or not evidence.commands.get(connection.process, "").startswith("daphne")
        ):
            continue
        if file := next((path for path in _files(evidence) if path.endswith(f"static/{name}")), ""):
            return Said(
                see=f"`GET {connection.path}` got a 404, and the file is there: `{file}`.",
                why="`runserver` serves static files by itself; the command `daphne` does not: to it, this is a path "
                "like any other, and no route has it.",
                change=f"While you develop, add to the end of `{_urls(evidence)}`: "
                "`urlpatterns += staticfiles_urlpatterns()`, from `django.contrib.staticfiles.urls`.",
                place=setting.place,
            )
    return None


def _urls(evidence: Evidence) -> str:
    setting = evidence.source.setting("ROOT_URLCONF")
    return f"{setting.value.replace('.', '/')}.py" if setting and isinstance(setting.value, str) else "urls.py"


def _is(entry: str, app: str) -> bool:
    """Whether an entry of INSTALLED_APPS installs the app in this folder."""
    return entry.partition(".apps.")[0] == app.replace("/", ".")


def _files(evidence: Evidence) -> list[str]:
    """The project's files that are no Python, by path relative to it; none where there is no folder."""
    root = evidence.source.root
    if root == Path():
        return []
    found: list[str] = []
    for folder, folders, names in root.walk():
        folders[:] = [name for name in folders if not _HIDDEN.search(f"{name}/")]
        found += [(folder / name).relative_to(root).as_posix() for name in names if not name.endswith((".py", ".pyc"))]
        if len(found) > _MOST:
            break
    return sorted(found)
