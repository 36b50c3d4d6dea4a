"""Rules about imports that fail: modules and names that are not there."""

from channels_lab.explain.book import Said, rule
from channels_lab.explain.evidence import Evidence, Raised
from channels_lab.explain.names import (
    HOMES,
    imported,
    leads_to,
    library_modules,
    library_names,
    modules_of,
    names_in,
    nearest,
)

__all__: list[str] = []

_MODULES = "https://docs.python.org/3/tutorial/modules.html"
_NO_MODULE = r"No module named '([\w.]+)'"
_NO_NAME = r"cannot import name '(\w+)' from '([\w.]+)'|(?<!initialized )module '([\w.]+)' has no attribute '(\w+)'"
# Names that older tutorials import, and what took their place.
_GONE = {
    "url": "`url()` is gone since Django 4.0: `from django.urls import re_path`.",
    "AsgiHandler": "It is gone since Channels 4: `from django.core.asgi import get_asgi_application`.",
    "route": "It is gone since Channels 2: routes are `path()` in a `URLRouter`.",
}


@rule("own-module", page=f"{_MODULES}#packages")
def own_module(evidence: Evidence) -> Said | None:
    """An import names a module that the project does not have, but one like it."""
    raised = _in_import(evidence, evidence.raised(_NO_MODULE))
    modules = modules_of(evidence.source)
    if not raised or not raised.place:
        return None
    name = raised.match[1]
    inside = [module for module in modules if module.rpartition(".")[2] == name]
    near = inside[0] if inside else nearest(name, modules)
    if not near and name.partition(".")[0] not in modules:
        return None
    package = name.rpartition(".")[0]
    beside = [module for module in modules if module.rpartition(".")[0] == package]
    return Said(
        see=f"`{raised.text}`; the server did not start.",
        why=f"A dotted name is a path from the project's folder: this one means `{name.replace('.', '/')}.py`, which "
        f"is not there. {f'`{package}` has {_listed(beside)}.' if package in modules and beside else ''}".rstrip(),
        change=f"Write `{near}`: `{modules[near]}`." if near else "Write that file, or import one that is there.",
        place=raised.place,
    )


@rule("library-module", page=_MODULES)
def library_module(evidence: Evidence) -> Said | None:
    """An import names a module that an installed package does not have."""
    raised = _in_import(evidence, evidence.raised(_NO_MODULE))
    name = raised.match[1] if raised else ""
    package = name.rpartition(".")[0]
    if not raised or not package or package.partition(".")[0] in modules_of(evidence.source):
        return None
    siblings = library_modules(package)
    if not siblings:
        return None
    near = nearest(name, siblings)
    homes = {
        HOMES[one]
        for found in evidence.source.imports(raised.place.path if raised.place else "")
        for one in found.names
        if found.module == name and one in HOMES
    }
    right = next(iter(homes), near)
    return Said(
        see=f"`{raised.text}`; the server did not start.",
        why=f"The package `{package}` is installed and has no module `{name.rpartition('.')[2]}`.",
        change=f"Write `{right}`." if right else f"It has {_listed(siblings)}.",
        place=raised.place,
    )


@rule("package-missing", page="https://docs.python.org/3/installing/index.html")
def package_missing(evidence: Evidence) -> Said | None:
    """An import names a package that is neither in the project nor installed."""
    raised = _in_import(evidence, evidence.raised(_NO_MODULE))
    if not raised:
        return None
    top = raised.match[1].partition(".")[0]
    modules = modules_of(evidence.source)
    if top in modules or library_modules(top) or nearest(raised.match[1], modules) or _ends(modules, raised.match[1]):
        return None
    return Said(
        see=f"`{raised.text}`; the server did not start.",
        why=f"There is no `{top}` in the project's folder, and none is installed in this environment.",
        change=f"Install the package that brings `{top}`: `%pip install …` in a cell, then restart the kernel. (Its "
        "name on PyPI may differ.) Or take the import out.",
        place=raised.place,
    )


@rule("own-name", page=_MODULES)
def own_name(evidence: Evidence) -> Said | None:
    """A module of the project has no such name."""
    raised = evidence.raised(_NO_NAME)
    modules = modules_of(evidence.source)
    if not raised or not raised.place:
        return None
    name, module = raised.match[1] or raised.match[4], raised.match[2] or raised.match[3]
    if module not in modules:
        return None
    path = modules[module]
    inside = [one.rpartition(".")[2] for one in modules if one.rpartition(".")[0] == module]
    if name in inside:  # a submodule that nobody has imported yet
        change = f"Write `import {module}.{name}`, or `from {module} import {name}`."
        why = f"`{module}` is a package: importing it does not import its modules."
    elif near := nearest(name, [*names_in(evidence.source, path), *inside]):
        change, why = f"Write `{near}`.", f"`{path}` has no `{name}`. The nearest that `{module}` has is `{near}`."
    else:
        # What another module has imported itself is not its own: `views` of one app are not those of another.
        others = [
            one
            for one, other in modules.items()
            if name in names_in(evidence.source, other)
            and not any(name in found.names for found in evidence.source.imports(other))
        ]
        change = f"Write `from {others[0]} import {name}`." if others else f"Write `{name}` there, or take it out here."
        why = f"`{path}` defines nothing of the name `{name}`."
        if not others and path.endswith("/__init__.py"):
            file = path.replace("__init__", name)
            why = f"The package `{module}` has no module `{name}`: there is no `{file}`. {why}"
            change = f"Write `{file}`; where a cell writes it, run that. Or take the import out."
    return Said(see=f"`{_short(raised)}`", why=why, change=change, place=raised.place)


@rule("library-name", page=_MODULES)
def library_name(evidence: Evidence) -> Said | None:
    """A module of a library has no such name."""
    raised = _in_import(evidence, evidence.raised(r"cannot import name '(\w+)' from '([\w.]+)'"))
    if not raised or raised.match[2].partition(".")[0] in modules_of(evidence.source):
        return None
    name, module = raised.match[1], raised.match[2]
    near = nearest(name, library_names(module)) or nearest(name, [one for one in HOMES if HOMES[one] == module])
    if name in HOMES and HOMES[name] != module:
        change = f"Write `from {HOMES[name]} import {name}`."
    elif name in _GONE:
        change = _GONE[name]
    else:
        change = f"Write `{near}`: capitals count." if near else f"Look up where `{name}` is in its documentation."
    return Said(
        see=f"`{_short(raised)}`; the server did not start.",
        why=f"The installed `{module}` has no `{name}`: it may be misspelt, elsewhere, or of another version.",
        change=change,
        place=raised.place,
    )


@rule(
    "circular-import",
    page="https://docs.python.org/3/faq/programming.html#how-can-i-have-modules-that-mutually-import-each-other",
)
def circular_import(evidence: Evidence) -> Said | None:
    """Two modules of the project import each other."""
    raised = evidence.raised(r"(?:from )?partially initialized module '([\w.]+)'")
    modules = modules_of(evidence.source)
    if not raised or not raised.place or raised.match[1] not in modules:
        return None
    path = modules[raised.match[1]]
    back = [one for one, to in imported(evidence.source, path) if leads_to(evidence.source, to, raised.place.path)]
    if path == raised.place.path or not back:
        return None
    return Said(
        see=f"`{_short(raised)}`",
        why=f"`{path}` (line {back[0].line}) imports `{raised.place.path}`, which here imports `{path}` again. That "
        "one is only half run, and does not have the name yet.",
        change="Take one of the two imports out: move what both need into a third file, or import inside the function "
        "that uses it.",
        place=raised.place,
    )


def _in_import(evidence: Evidence, raised: Raised | None) -> Raised | None:
    """The exception, if the project's innermost line is an import: a setting may name modules, too."""
    if not raised or not raised.place:
        return None
    lines = [one.line for one in evidence.source.imports(raised.place.path)]
    return raised if raised.place.line in lines and raised.process else None


def _ends(modules: dict[str, str], name: str) -> bool:
    return any(module.rpartition(".")[2] == name for module in modules)


def _listed(names: list[str]) -> str:
    shown = [f"`{name}`" for name in sorted(names)[:5]]
    return ", ".join(shown) + (" …" if len(names) > 5 else "")


def _short(raised: Raised) -> str:
    """The message without the path of the file and Python's own guess."""
    return raised.text.partition(" (/")[0].partition(". Did you")[0]
