"""One Python file of the project: its text, its syntax tree, and what stands around each part of the tree."""

import ast
import warnings
from collections.abc import Iterator
from functools import cached_property

__all__ = ["Function", "Module", "dotted", "expressions", "last_name"]

Function = ast.FunctionDef | ast.AsyncFunctionDef


class Module:
    """A file. `error` is its SyntaxError, and then its `tree` is empty; a file is parsed when it is first asked for."""

    def __init__(self, path: str, text: str) -> None:
        self.path = path
        self.text = text
        self.lines = text.splitlines()

    @property
    def tree(self) -> ast.Module:
        """The syntax tree."""
        return self._parsed[0]

    @property
    def error(self) -> SyntaxError | None:
        """Why it is no Python; None when it is."""
        return self._parsed[1]

    @cached_property
    def _parsed(self) -> tuple[ast.Module, SyntaxError | None]:
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                return ast.parse(self.text, self.path), None
        except SyntaxError as error:
            found = error
        except (ValueError, RecursionError, MemoryError) as error:
            found = SyntaxError(str(error) or "too deeply nested")
        return ast.Module(body=[], type_ignores=[]), found

    @cached_property
    def _parents(self) -> dict[ast.AST, ast.AST]:
        return {child: node for node in ast.walk(self.tree) for child in ast.iter_child_nodes(node)}

    @cached_property
    def expressions(self) -> list[ast.expr]:
        """All expressions, in the order of the lines."""
        return expressions(self.tree)

    @cached_property
    def aliases(self) -> dict[str, str]:
        """What imported names are called where they come from: `from x import a as b` → {"b": "a"}."""
        return {
            name.asname: name.name.rpartition(".")[2]
            for node in ast.walk(self.tree)
            if isinstance(node, ast.Import | ast.ImportFrom)
            for name in node.names
            if name.asname
        }

    def original(self, name: str) -> str:
        """The name by which an imported thing is known where it comes from."""
        return self.aliases.get(name, name)

    def around(self, node: ast.AST) -> Iterator[ast.AST]:
        """What stands around a node, innermost first."""
        above = self._parents.get(node)
        while above is not None:
            yield above
            above = self._parents.get(above)

    def parent(self, node: ast.AST) -> ast.AST | None:
        """What stands directly around a node."""
        return self._parents.get(node)

    def function_of(self, node: ast.AST) -> Function | None:
        """The function that a node stands in; None for none, and inside a lambda, which runs who knows where."""
        for above in self.around(node):
            if isinstance(above, ast.FunctionDef | ast.AsyncFunctionDef):
                return above
            if isinstance(above, ast.Lambda):
                return None
        return None

    def class_of(self, node: ast.AST) -> ast.ClassDef | None:
        """The innermost class that a node stands in."""
        return next((above for above in self.around(node) if isinstance(above, ast.ClassDef)), None)


def expressions(within: ast.AST) -> list[ast.expr]:
    """The expressions in a part of a tree, in the order of the lines."""
    nodes = [node for node in ast.walk(within) if isinstance(node, ast.expr)]
    return sorted(nodes, key=lambda node: (node.lineno, node.col_offset))


def last_name(node: ast.AST) -> str:
    """The last name of `a.b.c` or `c`: "c"; "" for anything else."""
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""


def dotted(node: ast.AST) -> str:
    """An expression as it is written, on one line: "self.channel_layer.group_send"."""
    return ast.unparse(node).replace("\n", " ")
