"""Names: the modules of the project and of libraries, what these define, and the name nearest to a wrong one."""

import ast
import difflib
import importlib.util
import pkgutil
from collections.abc import Iterable, Iterator
from contextlib import suppress
from functools import lru_cache
from pathlib import Path

from channels_lab.explain.place import Place
from channels_lab.explain.routes import Import
from channels_lab.explain.source import Source

__all__ = ["HOMES", "imported", "leads_to", "library_modules", "library_names", "modules_of", "names_in", "nearest"]

# Where the names that this course uses come from.
HOMES = {
    "path": "django.urls",
    "re_path": "django.urls",
    "include": "django.urls",
    "render": "django.shortcuts",
    "HttpResponse": "django.http",
    "JsonResponse": "django.http",
    "get_asgi_application": "django.core.asgi",
    "get_user_model": "django.contrib.auth",
    "ProtocolTypeRouter": "channels.routing",
    "URLRouter": "channels.routing",
    "ChannelNameRouter": "channels.routing",
    "AuthMiddlewareStack": "channels.auth",
    "SessionMiddlewareStack": "channels.sessions",
    "AllowedHostsOriginValidator": "channels.security.websocket",
    "OriginValidator": "channels.security.websocket",
    "WebsocketConsumer": "channels.generic.websocket",
    "JsonWebsocketConsumer": "channels.generic.websocket",
    "AsyncWebsocketConsumer": "channels.generic.websocket",
    "AsyncJsonWebsocketConsumer": "channels.generic.websocket",
    "AsyncHttpConsumer": "channels.generic.http",
    "AsyncConsumer": "channels.consumer",
    "SyncConsumer": "channels.consumer",
    "get_channel_layer": "channels.layers",
    "database_sync_to_async": "channels.db",
    "WebsocketCommunicator": "channels.testing",
    "async_to_sync": "asgiref.sync",
    "sync_to_async": "asgiref.sync",
}


def nearest(name: str, names: Iterable[str]) -> str:
    """The name that is most like this one; "" when none is near. That only capitals differ is nearest."""
    candidates = sorted(set(names) - {name})
    same = [one for one in candidates if one.lower() == name.lower()]
    return next(iter(same or difflib.get_close_matches(name, candidates, 1, 0.7)), "")


# The project


def modules_of(source: Source) -> dict[str, str]:
    """The project's modules and packages by their dotted names: {"chat.routing": "chat/routing.py"}."""
    found: dict[str, str] = {}
    for path in source.files:
        parts = path.removesuffix(".py").split("/")
        for end in range(1, len(parts)):  # a folder is a package, also without an __init__.py
            found.setdefault(".".join(parts[:end]), "/".join([*parts[:end], "__init__.py"]))
        found[".".join(parts).removesuffix(".__init__")] = path
    return found


def names_in(source: Source, path: str) -> dict[str, Place]:
    """What a module defines or imports at its top, with the line that does so last."""
    tree = source.tree(path)
    found = {name: source.place(path, line) for name, line in _top_names(tree)} if tree else {}
    return found


def imported(source: Source, path: str) -> list[tuple[Import, str]]:
    """A module's imports that are done when it is imported, each with the project's file that it leads to."""
    modules = modules_of(source)
    found = []
    for one in source.imports(path):
        if one.top:
            module = _absolute(one.module, path)
            names = [f"{module}.{name}".lstrip(".") for name in one.names]
            # Importing chat.routing imports the package chat first.
            parts = module.split(".")
            packages = [".".join(parts[:end]) for end in range(1, len(parts))]
            targets = [modules[name] for name in (*packages, module, *names) if name in modules]
            found += [(one, target) for target in targets]
    return found


def leads_to(source: Source, start: str, goal: str) -> bool:
    """Whether importing the file `start` imports `goal`, directly or through others; a file leads to itself."""
    seen, waiting = {start}, [start]
    while waiting:
        path = waiting.pop()
        if path == goal:
            return True
        new = {target for _, target in imported(source, path)} - seen
        seen |= new
        waiting += new
    return False


def _absolute(module: str, path: str) -> str:
    """The dotted name that an import of `module` in the file `path` means: "." and what follows are relative."""
    dots = len(module) - len(module.lstrip("."))
    if not dots:
        return module
    package = path.split("/")[:-1]
    package = package[: len(package) - dots + 1]
    return ".".join([*package, *filter(None, [module.lstrip(".")])])


# Libraries, looked at without importing them


def library_modules(package: str) -> list[str]:
    """The dotted names of the modules in an installed package, or in a package inside it; [] where there is none."""
    found = _library_path(package)
    if not found or not found.is_dir():
        return []
    return [f"{package}.{one.name}" for one in pkgutil.iter_modules([str(found)])]


@lru_cache(64)
def library_names(module: str) -> tuple[str, ...]:
    """What an installed module defines or imports at its top."""
    found = _library_path(module)
    with suppress(OSError, SyntaxError, ValueError):
        if found:
            file = found / "__init__.py" if found.is_dir() else found
            return tuple(sorted({name for name, _ in _top_names(ast.parse(file.read_text(encoding="utf-8")))}))
    return ()


def _library_path(module: str) -> Path | None:
    """The folder of an installed package, or the file of an installed module; only the topmost is asked of Python."""
    top, *rest = module.split(".")
    spec = None
    with suppress(ImportError, ValueError):
        spec = importlib.util.find_spec(top)
    if not spec or not (spec.submodule_search_locations or spec.origin):
        return None
    path = Path(next(iter(spec.submodule_search_locations or ()), spec.origin or ""))
    path = path.joinpath(*rest)
    return path if path.is_dir() else path.with_suffix(".py") if path.with_suffix(".py").is_file() else None


def _top_names(tree: ast.Module) -> Iterator[tuple[str, int]]:
    """The names that a module has when it has been run, and where; what stands under `if` or `try` counts."""
    waiting: list[ast.stmt] = list(tree.body)
    for node in waiting:
        match node:
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
                yield node.name, node.lineno
            case ast.Import() | ast.ImportFrom():
                yield from ((one.asname or one.name.partition(".")[0], node.lineno) for one in node.names)
            case ast.Assign() | ast.AnnAssign() | ast.AugAssign():
                targets = node.targets if isinstance(node, ast.Assign) else [node.target]
                named = [part for target in targets for part in ast.walk(target) if isinstance(part, ast.Name)]
                yield from ((part.id, node.lineno) for part in named if isinstance(part.ctx, ast.Store))
            case ast.If() | ast.Try() | ast.With():
                waiting += node.body
