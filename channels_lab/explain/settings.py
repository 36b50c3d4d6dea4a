"""The settings module, read and not run: what each setting is at its end, and where it was set last."""

import ast
import copy
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from channels_lab.explain.literal import NOT_LITERAL, add, literal
from channels_lab.explain.module import Module
from channels_lab.explain.place import Place

__all__ = ["Setting", "read_settings", "settings_module"]

_NAMED = re.compile(r"""DJANGO_SETTINGS_MODULE['"]\s*(?:,|\]\s*=)\s*['"]([\w.]+)['"]""")


@dataclass(frozen=True)
class Setting:
    """A setting: its `value` (NOT_LITERAL, whole or in parts, where it is computed) and the line that set it last."""

    name: str
    value: Any
    place: Place


def settings_module(files: dict[str, str]) -> str:
    """The path of the settings: config/settings.py, else what manage.py or an asgi.py names; "" for none."""
    if "config/settings.py" in files:
        return "config/settings.py"
    for path in sorted(files, key=lambda path: (path != "manage.py", not path.endswith("asgi.py"), path)):
        for named in _NAMED.findall(files[path]):
            stem = named.replace(".", "/")
            for candidate in (f"{stem}.py", f"{stem}/__init__.py"):
                if candidate in files:
                    return candidate
    return ""


def read_settings(modules: dict[str, Module], path: str) -> dict[str, Setting]:
    """Every setting in the module at `path`, and in those of the project that it imports with a star."""
    return _Reader(modules).read(path)


class _Reader:
    def __init__(self, modules: dict[str, Module]) -> None:
        self._modules = modules
        self._read: set[str] = set()
        self._settings: dict[str, Setting] = {}

    def read(self, path: str) -> dict[str, Setting]:
        """Follow the statements of a module from top to bottom."""
        if path in self._modules and path not in self._read:
            self._read.add(path)
            module = self._modules[path]
            for statement, sure in _statements(module.tree.body):
                self._follow(module, statement, sure)
        return self._settings

    def _follow(self, module: Module, statement: ast.stmt, sure: bool) -> None:
        match statement:
            case ast.Assign(targets=targets, value=value):
                for target in targets:
                    self._assign(module, target, literal(value, self._values) if sure else NOT_LITERAL)
            case ast.AnnAssign(target=target, value=ast.expr() as value):
                self._assign(module, target, literal(value, self._values) if sure else NOT_LITERAL)
            case ast.AugAssign(target=ast.Name(id=name) as target, op=ast.Add(), value=value):
                self._assign(
                    module, target, add(self._values.get(name), literal(value, self._values)) if sure else NOT_LITERAL
                )
            case ast.Expr(value=ast.Call(func=ast.Attribute(value=ast.Name(id=name), attr=method), args=args)):
                self._change(module, statement, name, method, [literal(arg, self._values) for arg in args], sure)
            case ast.ImportFrom(names=[ast.alias(name="*")]):
                self.read(_imported(module.path, statement))

    @property
    def _values(self) -> dict[str, Any]:
        return {name: setting.value for name, setting in self._settings.items()}

    def _assign(self, module: Module, target: ast.expr, value: Any) -> None:
        keys: list[Any] = []
        while isinstance(target, ast.Subscript):
            keys.insert(0, literal(target.slice))
            target = target.value
        if not isinstance(target, ast.Name):
            return
        if keys:
            before = self._settings.get(target.id)
            value = _put(copy.deepcopy(before.value) if before else NOT_LITERAL, keys, value)
        self._set(module, target.id, value, target.lineno)

    def _change(self, module: Module, node: ast.stmt, name: str, method: str, args: list[Any], sure: bool) -> None:
        """`APPS.append(…)`, `.insert(…)`, `.extend(…)`, `.remove(…)`."""
        if name not in self._settings or method not in ("append", "insert", "extend", "remove"):
            return
        value = copy.deepcopy(self._settings[name].value)
        try:
            getattr(value, method)(*args)
        except (AttributeError, TypeError, ValueError):
            value = NOT_LITERAL
        self._set(module, name, value if sure else NOT_LITERAL, node.lineno)

    def _set(self, module: Module, name: str, value: Any, line: int) -> None:
        self._settings[name] = Setting(name, value, Place(module.path, line, module.lines[line - 1].strip()))


def _statements(body: list[ast.stmt], sure: bool = True) -> Iterator[tuple[ast.stmt, bool]]:
    """The statements in order; those under a condition are not sure to happen."""
    for statement in body:
        yield statement, sure
        if not isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            for part in ("body", "orelse", "finalbody"):
                yield from _statements(getattr(statement, part, []), sure=isinstance(statement, ast.With) and sure)
            for handler in getattr(statement, "handlers", []):
                yield from _statements(handler.body, sure=False)


def _imported(path: str, node: ast.ImportFrom) -> str:
    """The path of the module that `from X import *` in `path` names."""
    folder = path.split("/")[: -node.level] if node.level else []
    return "/".join([*folder, *(node.module or "__init__").split(".")]) + ".py"


def _put(value: Any, keys: list[Any], new: Any) -> Any:
    """Set `value[key]…[key] = new`; NOT_LITERAL where that cannot be followed."""
    inner = value
    for key in keys[:-1]:
        inner = inner.get(key) if isinstance(inner, dict) else None
    if not isinstance(inner, dict) or keys[-1] is NOT_LITERAL:
        return NOT_LITERAL
    inner[keys[-1]] = new
    return value
