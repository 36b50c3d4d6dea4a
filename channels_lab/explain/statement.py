"""Statements: what stands in one line of the project or the cell, and what its names were made of."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from channels_lab.explain.evidence import CELL, Evidence
from channels_lab.explain.lookup import function_at, meaning
from channels_lab.explain.module import Function, last_name
from channels_lab.explain.place import Place

__all__ = ["Statement", "statement_at"]


@dataclass(frozen=True)
class Statement:
    """The statement at a place, and the function around it. Of `for` or `with`, only the head counts, not the block."""

    place: Place
    node: ast.stmt
    function: Function | None
    tree: ast.Module

    def nodes(self) -> Iterator[ast.AST]:
        """All parts of its expressions."""
        for child in ast.iter_child_nodes(self.node):
            if not isinstance(child, ast.stmt | ast.excepthandler | ast.match_case):
                yield from ast.walk(child)

    def calls(self, *names: str) -> list[ast.Call]:
        """Its calls: all, or those of a function or method with one of these last names."""
        calls = [node for node in self.nodes() if isinstance(node, ast.Call)]
        return [call for call in calls if not names or last_name(call.func) in names]

    def awaits(self) -> list[ast.Await]:
        """What is awaited in it."""
        return [node for node in self.nodes() if isinstance(node, ast.Await)]

    def meaning(self, expression: ast.expr) -> str:
        """An expression as text, local names replaced by what was assigned to them above."""
        return meaning(expression, self.function or _whole(self.tree), self.place.line)

    def made_by(self, name: str) -> ast.Assign | None:
        """The assignment above it that gave a name its value, in the same function or cell."""
        around = self.function or self.tree
        found = [node for node in ast.walk(around) if isinstance(node, ast.Assign) and _assigns(node, name)]
        return max((node for node in found if node.lineno < self.place.line), key=lambda n: n.lineno, default=None)


def statement_at(evidence: Evidence, place: Place | None) -> Statement | None:
    """The innermost statement that covers a line of the project, or of the cell; None where there is none."""
    if not place:
        return None
    source = evidence.cell_source if place.path == CELL else evidence.source
    tree = source.tree(place.path)
    found = [node for node in ast.walk(tree) if isinstance(node, ast.stmt)] if tree else []
    covering = [node for node in found if _first(node) <= place.line <= (node.end_lineno or node.lineno)]
    if not tree or not covering:
        return None
    inner = max(covering, key=lambda node: (node.lineno, -(node.end_lineno or 0)))
    return Statement(place, inner, function_at(source, place), tree)


def _first(node: ast.stmt) -> int:
    """The first line of a statement, its decorators included."""
    decorators: list[ast.expr] = getattr(node, "decorator_list", [])
    return min([node.lineno, *(one.lineno for one in decorators)])


def _assigns(node: ast.Assign, name: str) -> bool:
    return any(isinstance(part, ast.Name) and part.id == name for target in node.targets for part in ast.walk(target))


def _whole(tree: ast.Module) -> Function:
    """A cell's text as the body of a function: its names are local to it."""
    function = ast.parse("async def cell(): pass").body[0]
    assert isinstance(function, ast.AsyncFunctionDef)
    function.body = tree.body
    return function
