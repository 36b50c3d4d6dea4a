"""Lookups: what a line of the project takes out of what, by key or attribute, with local names followed back."""

import ast
import copy
from dataclasses import dataclass

from channels_lab.explain.module import Function
from channels_lab.explain.place import Place
from channels_lab.explain.source import Source

__all__ = ["Lookup", "function_at", "lookups", "meaning"]

_MOST_STEPS = 6


@dataclass(frozen=True)
class Lookup:
    """`owner["key"]` or `owner.key` in a line. `owner` is as written, with local names replaced by what they hold.

    `data["text"]` after `data = json.loads(text_data)` has the owner "json.loads(text_data)".
    """

    key: str
    owner: str
    by_attribute: bool


def lookups(source: Source, place: Place | None, key: str = "") -> list[Lookup]:
    """The lookups in a line: all, or those of one key or attribute. Only keys that are written as text count."""
    tree = source.tree(place.path) if place else None
    if not place or not tree:
        return []
    function = function_at(source, place)
    found = []
    for node in ast.walk(function or tree):
        if not isinstance(node, ast.Subscript | ast.Attribute) or not _covers(node, place.line):
            continue
        name = node.attr if isinstance(node, ast.Attribute) else _text(node.slice)
        if name and key in ("", name):
            owner = meaning(node.value, function, place.line)
            found.append(Lookup(name, owner, isinstance(node, ast.Attribute)))
    return found


def function_at(source: Source, place: Place | None) -> Function | None:
    """The innermost function around a place."""
    tree = source.tree(place.path) if place else None
    if not place or not tree:
        return None
    around = [
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and _covers(node, place.line)
    ]
    return max(around, key=lambda node: node.lineno, default=None)


def meaning(expression: ast.expr, function: Function | None, line: int) -> str:
    """An expression as text, its local names replaced by what was last assigned to them above a line."""
    for _ in range(_MOST_STEPS):
        replaced = _Names(function, line).visit(copy.deepcopy(expression))
        if ast.dump(replaced) == ast.dump(expression):
            break
        expression = replaced
    return ast.unparse(expression)


class _Names(ast.NodeTransformer):
    """Replaces local names by the values that are assigned to them."""

    def __init__(self, function: Function | None, line: int) -> None:
        self._values: dict[str, ast.expr] = {}
        found = [node for node in ast.walk(function) if isinstance(node, ast.Assign)] if function else []
        for node in sorted(found, key=lambda node: node.lineno):
            target = node.targets[0]
            # `data = clean(data)` says nothing new of `data`, and would go round in circles.
            if node.lineno < line and isinstance(target, ast.Name) and target.id not in _names(node.value):
                self._values[target.id] = node.value

    def visit_Name(self, node: ast.Name) -> ast.expr:
        return copy.deepcopy(self._values.get(node.id, node))


def _names(node: ast.AST) -> set[str]:
    return {part.id for part in ast.walk(node) if isinstance(part, ast.Name)}


def _covers(node: ast.expr | Function, line: int) -> bool:
    return node.lineno <= line <= (node.end_lineno or node.lineno)


def _text(node: ast.AST) -> str:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""
