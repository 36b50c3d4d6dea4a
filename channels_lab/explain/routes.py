"""Routes and imports, as they are written."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from channels_lab.explain.module import Module, dotted, last_name
from channels_lab.explain.place import Place

__all__ = ["Import", "Route", "find_imports", "find_routes"]

_ROUTES = ("path", "re_path", "url")


@dataclass(frozen=True)
class Route:
    """A `path(…)` or `re_path(…)`; `kind` says which. `text` is the route, "" where it is not written out.

    `target` is its second argument as it is written, and `target_kind` what that is: "as_asgi()", "as_asgi" (not
    called), "class" (a bare name), "include", or "other". `holder` is the name of the list that it stands in ("" for a
    list inside `URLRouter(…)`), `routed` whether that list is handed to a URLRouter.
    """

    text: str
    kind: str
    target: str
    target_kind: str
    holder: str
    routed: bool
    place: Place


@dataclass(frozen=True)
class Import:
    """An import: `from module import names`, or `import module` with no names. `top`: it is not inside a function."""

    module: str
    names: tuple[str, ...]
    line: int
    top: bool
    place: Place


def find_routes(modules: list[Module], consumers: set[str]) -> list[Route]:
    """The routes in lists that a URLRouter gets, that are named like one for WebSockets, or that lead to consumers."""
    routed = {name for module in modules for name in _routed_names(module)}
    found = []
    for module in modules:
        for node in ast.walk(module.tree):
            if isinstance(node, ast.Call) and module.original(last_name(node.func)) in _ROUTES:
                route = _route(module, node, routed)
                leads = route.target.removesuffix("()").removesuffix(".as_asgi").rpartition(".")[2] in consumers
                if route.routed or "as_asgi" in route.target or leads or "websocket" in route.holder.lower():
                    found.append(route)
    return sorted(found, key=lambda route: (route.place.path, route.place.line))


def find_imports(module: Module) -> list[Import]:
    """The imports of a module, in the order of the lines."""
    found = []
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Import | ast.ImportFrom):
            place = Place(module.path, node.lineno, module.lines[node.lineno - 1].strip())
            top = module.function_of(node) is None
            if isinstance(node, ast.ImportFrom):
                name = "." * node.level + (node.module or "")
                found.append(Import(name, tuple(one.name for one in node.names), node.lineno, top, place))
            else:
                found += [Import(one.name, (), node.lineno, top, place) for one in node.names]
    return sorted(found, key=lambda found: found.line)


def _routed_names(module: Module) -> Iterator[str]:
    """The names of lists that are handed to a URLRouter."""
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Call) and module.original(last_name(node.func)) == "URLRouter":
            for part in ast.walk(node):
                if isinstance(part, ast.Name | ast.Attribute) and last_name(part):
                    yield module.original(last_name(part))


def _route(module: Module, node: ast.Call, routed: set[str]) -> Route:
    text = node.args[0] if node.args else next((word.value for word in node.keywords if word.arg == "route"), None)
    target = node.args[1] if len(node.args) > 1 else next((w.value for w in node.keywords if w.arg == "view"), None)
    holder, inside = "", False
    for above in module.around(node):
        if isinstance(above, ast.Assign | ast.AugAssign | ast.AnnAssign):
            first = above.targets[0] if isinstance(above, ast.Assign) else above.target
            holder = holder or last_name(first)
            break
        inside = inside or (isinstance(above, ast.Call) and last_name(above.func) == "URLRouter")
    return Route(
        text.value if isinstance(text, ast.Constant) and isinstance(text.value, str) else "",
        module.original(last_name(node.func)),
        dotted(target) if target else "",
        _target_kind(target),
        "" if inside else holder,
        inside or holder in routed,
        Place(module.path, node.lineno, module.lines[node.lineno - 1].strip()),
    )


def _target_kind(target: ast.AST | None) -> str:
    if isinstance(target, ast.Call):
        name = last_name(target.func)
        return {"as_asgi": "as_asgi()", "include": "include"}.get(name, "other")
    name = last_name(target) if target else ""
    return "as_asgi" if name == "as_asgi" else "class" if name else "other"
