"""The value of an expression that is written out, as far as it is."""

import ast
from collections.abc import Iterator, Mapping
from typing import Any, Final

__all__ = ["NOT_LITERAL", "NotLiteral", "literal"]


class NotLiteral:
    """Stands for a value that only running the code would tell: false, empty, and all that is in it is unknown."""

    def __bool__(self) -> bool:
        return False

    def __repr__(self) -> str:
        return "NOT_LITERAL"

    def __iter__(self) -> Iterator[Any]:
        return iter(())

    def __len__(self) -> int:
        return 0

    def __contains__(self, value: object) -> bool:
        return False

    def __getitem__(self, key: object) -> "NotLiteral":
        return self

    def get(self, key: object, default: object = None) -> "NotLiteral":
        """Unknown, too: so `setting.value.get("default").get("BACKEND")` needs no care."""
        return self


NOT_LITERAL: Final = NotLiteral()


def literal(node: ast.AST, names: Mapping[str, Any] | None = None) -> Any:
    """The value of constants, lists, tuples, sets, dicts, `+` and `-` of these, and of `names`; else NOT_LITERAL.

    What is computed inside a list or dict is NOT_LITERAL there; the rest of it is known.
    """
    names = names or {}
    match node:
        case ast.Constant():
            return node.value
        case ast.Name():
            return names.get(node.id, NOT_LITERAL)
        case ast.List() | ast.Tuple() | ast.Set():
            return _items(node.elts, names)
        case ast.Dict():
            return _dict(node, names)
        case ast.UnaryOp(op=ast.USub()):
            value = literal(node.operand, names)
            return -value if isinstance(value, int | float) else NOT_LITERAL
        case ast.BinOp(op=ast.Add()):
            return add(literal(node.left, names), literal(node.right, names))
    return NOT_LITERAL


def add(left: Any, right: Any) -> Any:
    """`left + right`, where both are known and of one kind."""
    if type(left) is type(right) and isinstance(left, list | str | int):
        return left + right
    return NOT_LITERAL


def _items(nodes: list[ast.expr], names: Mapping[str, Any]) -> Any:
    """A list, whatever it was: a rule asks what is in it, and in which order."""
    items: list[Any] = []
    for node in nodes:
        if isinstance(node, ast.Starred):
            inner = literal(node.value, names)
            if not isinstance(inner, list):
                return NOT_LITERAL
            items += inner
        else:
            items.append(literal(node, names))
    return items


def _dict(node: ast.Dict, names: Mapping[str, Any]) -> Any:
    found: dict[Any, Any] = {}
    for key, value in zip(node.keys, node.values, strict=True):
        if key is None:
            inner = literal(value, names)
            found |= inner if isinstance(inner, dict) else {}
            continue
        name = literal(key, names)
        if isinstance(name, str | int | float | bool | None):
            found[name] = literal(value, names)
    return found
