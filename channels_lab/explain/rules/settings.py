"""Rules about settings: paths to code that are misspelt, and the hosts."""

import ast

from channels_lab.explain.book import Said, rule
from channels_lab.explain.evidence import Evidence
from channels_lab.explain.names import library_modules, library_names, modules_of, names_in, nearest
from channels_lab.explain.place import Place

__all__: list[str] = []

_SETTINGS = "https://docs.djangoproject.com/en/stable/ref/settings/"
_HOSTS = f"{_SETTINGS}#allowed-hosts"


@rule("setting-path", page=_SETTINGS)
def setting_path(evidence: Evidence) -> Said | None:
    """A setting names code that is not there: a middleware, the database's engine, ROOT_URLCONF."""
    raised = evidence.raised(
        r"Module \"([\w.]+)\" does not define a \"(\w+)\" attribute/class|No module named '([\w.]+)'"
    )
    if not raised or evidence.raised(r"Cannot import (?:BACKEND|ASGI_APPLICATION)"):
        return None
    missing = raised.match[3] or f"{raised.match[1]}.{raised.match[2]}"
    name, text, place = _setting_of(evidence, missing)
    if not place or name in ("INSTALLED_APPS", "CHANNEL_LAYERS", "ASGI_APPLICATION"):
        return None
    right = _right(evidence, text)
    return Said(
        see=f"`{raised.text}`",
        why=f"The setting `{name}` names code by its dotted path, `{text}`, and Django imports that. There is no "
        f"`{missing}`.",
        change=f'Write `"{right}"`.'
        if right
        else "Compare it, part by part, with the documentation or the file's name.",
        place=place,
    )


@rule("host-not-allowed", page=_HOSTS)
def host_not_allowed(evidence: Evidence) -> Said | None:
    """A page was asked for under a name that is not in ALLOWED_HOSTS."""
    raised = evidence.raised(r"Invalid HTTP_HOST header: .+ You may need to add '([^']+)' to ALLOWED_HOSTS")
    setting = evidence.source.setting("ALLOWED_HOSTS")
    if not raised:
        return None
    host = raised.match[1]
    return Said(
        see=f"The page was answered with 400: `Invalid HTTP_HOST header: '{host}'`.",
        why="Django answers only to the names in `ALLOWED_HOSTS`: the header is the client's word, and links are made "
        "from it. An empty list means localhost, and only while `DEBUG` is on.",
        change=f'Add `"{host}"` to `ALLOWED_HOSTS`, if that is a name of your site.',
        place=setting.place if setting else None,
    )


@rule("no-hosts", page=_HOSTS)
def no_hosts(evidence: Evidence) -> Said | None:
    """DEBUG is off, and ALLOWED_HOSTS is empty."""
    if not evidence.search(r"You must set settings\.ALLOWED_HOSTS if DEBUG is False"):
        return None
    setting = evidence.source.setting("ALLOWED_HOSTS") or evidence.source.setting("DEBUG")
    return Said(
        see="`CommandError: You must set settings.ALLOWED_HOSTS if DEBUG is False.`",
        why="While `DEBUG` is on, an empty `ALLOWED_HOSTS` means localhost. With `DEBUG` off, Django answers only to "
        "names that you list, and you list none.",
        change='Write `ALLOWED_HOSTS = ["localhost", "127.0.0.1"]` and the names of your site; or turn `DEBUG` on.',
        place=setting.place if setting else None,
    )


def _setting_of(evidence: Evidence, missing: str) -> tuple[str, str, Place | None]:
    """The setting in which a dotted path is written: its name, the path, and the line."""
    source = evidence.source
    tree = source.tree(source.settings_path)
    for statement in tree.body if tree else ():
        if isinstance(statement, ast.Assign | ast.AugAssign | ast.AnnAssign):
            target = statement.targets[0] if isinstance(statement, ast.Assign) else statement.target
            for node in ast.walk(statement):
                text = node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""
                if f"{text}.".startswith(f"{missing}."):
                    while isinstance(target, ast.Subscript):
                        target = target.value
                    name = target.id if isinstance(target, ast.Name) else ""
                    return name, text, source.place(source.settings_path, node)
    return "", "", None


def _right(evidence: Evidence, text: str) -> str:
    """The path that was meant: the nearest in the project, or in an installed package; "" where none is near."""
    modules = modules_of(evidence.source)
    before, _, last = text.rpartition(".")
    inside = names_in(evidence.source, modules[before]) if before in modules else {}
    if near := nearest(last, inside):
        return f"{before}.{near}"
    if near := nearest(text, modules):
        return near
    if near := nearest(last, library_names(before)):
        return f"{before}.{near}"
    if near := nearest(text, library_modules(before)):
        return near
    package = before.rpartition(".")[0]
    near = nearest(before, library_modules(package))
    return f"{near}.{last}" if near and last in library_names(near) else ""
