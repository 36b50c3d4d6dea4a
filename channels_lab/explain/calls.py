"""Calls in the project: who is called where, and whether anybody waits for it."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from channels_lab.explain.literal import literal
from channels_lab.explain.module import Function, Module, dotted, expressions, last_name
from channels_lab.explain.place import Place

__all__ = ["WRAPPERS", "Call", "Reference", "calls_in", "references_in"]

# What turns a function into one of the other colour: `async_to_sync(f)(…)` is a call of f.
WRAPPERS = ("async_to_sync", "sync_to_async", "database_sync_to_async")
# What takes a coroutine and sees to it that it runs.
_RUNNERS = ("gather", "create_task", "ensure_future", "wait_for", "run", "shield", "wait", "run_coroutine_threadsafe")
_CONTAINERS = (ast.Starred, ast.List, ast.Tuple, ast.Set, ast.ListComp, ast.SetComp, ast.GeneratorExp)


@dataclass(frozen=True)
class Reference:
    """A mention of a function that is not called. `statement`: the mention is all that its line does."""

    name: str
    target: str
    place: Place
    node: ast.AST
    function: Function | None
    class_name: str
    statement: bool

    @property
    def path(self) -> str:
        """The file it stands in."""
        return self.place.path

    @property
    def in_async(self) -> bool:
        """Whether the function around it is async."""
        return isinstance(self.function, ast.AsyncFunctionDef)


@dataclass(frozen=True)
class Call(Reference):
    """A call of `name`, written as `target` ("self.channel_layer.group_send"), in a class ("" for none) and function.

    `awaited`: directly under `await`, or handed to gather, create_task, wait_for and the like. `wrapped`: one of
    WRAPPERS, "async_to_sync" in `async_to_sync(x.group_send)(…)`, else "". `statement`: its value is thrown away.
    """

    call: ast.Call
    awaited: bool
    wrapped: str

    def argument(self, position: int, keyword: str = "") -> ast.expr | None:
        """The expression given as the argument at `position` (0 is the first) or by keyword; None when it is not."""
        for word in self.call.keywords:
            if keyword and word.arg == keyword:
                return word.value
        given = self.call.args
        if position < len(given) and not any(isinstance(one, ast.Starred) for one in given[: position + 1]):
            return given[position]
        return None

    def value(self, position: int, keyword: str = "") -> Any:
        """The literal value of an argument; NOT_LITERAL where it is computed, None where it is not given."""
        node = self.argument(position, keyword)
        return None if node is None else literal(node)


def calls_in(module: Module, name: str, within: ast.AST | None = None) -> Iterator[Call]:
    """The calls of a function or method of this last name, in the order of the lines."""
    for node in _walk(module, within):
        if not isinstance(node, ast.Call):
            continue
        target, wrapped = _called(node, module)
        if target is None or module.original(last_name(target)) != name:
            continue
        yield Call(
            **_common(module, target, node, name),
            statement=isinstance(module.parent(node), ast.Expr),
            call=node,
            awaited=_awaited(module, node),
            wrapped=wrapped,
        )


def references_in(module: Module, name: str, within: ast.AST | None = None) -> Iterator[Reference]:
    """The mentions of that name that are no calls (`self.accept` without parentheses)."""
    for node in _walk(module, within):
        if not isinstance(node, ast.Attribute | ast.Name) or last_name(node) != name:
            continue
        above = module.parent(node)
        if isinstance(above, ast.Call) and (above.func is node or module.original(last_name(above.func)) in WRAPPERS):
            continue
        if isinstance(node.ctx, ast.Load):
            yield Reference(
                **_common(module, node, node, name),
                statement=isinstance(above, ast.Expr)
                or (isinstance(above, ast.Await) and isinstance(module.parent(above), ast.Expr)),
            )


def _walk(module: Module, within: ast.AST | None) -> list[ast.expr]:
    return module.expressions if within is None else expressions(within)


def _called(node: ast.Call, module: Module) -> tuple[ast.AST | None, str]:
    """What a call calls in the end, and through which wrapper."""
    if last_name(node.func):
        return node.func, ""
    if isinstance(node.func, ast.Call) and node.func.args:
        wrapper = module.original(last_name(node.func.func))
        if wrapper in WRAPPERS:
            return node.func.args[0], wrapper
    return None, ""


def _common(module: Module, target: ast.AST, node: ast.AST, name: str) -> dict[str, Any]:
    owner = module.class_of(node)
    line = getattr(node, "lineno", 0)
    code = module.lines[line - 1].strip() if 0 < line <= len(module.lines) else ""
    return {
        "name": name,
        "target": dotted(target),
        "place": Place(module.path, line, code),
        "node": node,
        "function": module.function_of(node),
        "class_name": owner.name if owner else "",
    }


def _awaited(module: Module, node: ast.AST) -> bool:
    for above in module.around(node):
        if isinstance(above, ast.Await):
            return True
        if isinstance(above, ast.Call):
            return last_name(above.func) in _RUNNERS
        if not isinstance(above, _CONTAINERS):
            return False
    return False
