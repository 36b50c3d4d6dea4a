"""The project's Python files as syntax trees, and what a rule asks of them. The tree alone is never proof."""

import ast
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Protocol

from channels_lab.explain.calls import Call, Reference, calls_in, references_in
from channels_lab.explain.classes import Consumer, find_consumers
from channels_lab.explain.module import Module
from channels_lab.explain.place import Place
from channels_lab.explain.routes import Import, Route, find_imports, find_routes
from channels_lab.explain.settings import Setting, read_settings, settings_module

__all__ = ["Part", "Source"]

_MOST_FILES = 400
_MOST_BYTES = 400_000
_OTHERS = {"__pycache__", "node_modules", "site-packages", "venv", "env", "staticfiles"}


class Part(Protocol):
    """A part of a file to look in: a Consumer, a Method, a Call."""

    @property
    def path(self) -> str:
        """The file."""

    @property
    def node(self) -> ast.AST:
        """The part of its tree."""


class Source:
    """The Python files of a project, by path relative to it. Parsed when first asked for.

    `root` is the project's folder, where there is one: tracebacks name files by it.
    """

    def __init__(self, files: dict[str, str], root: Path = Path()) -> None:
        self.files = dict(sorted(files.items()))
        self.root = root
        self._all = {path: _module(path, text) for path, text in self.files.items()}

    @classmethod
    def of(cls, folder: Path) -> "Source":
        """Read the files of a folder; hidden folders, virtual environments and very large files are left out."""
        files: dict[str, str] = {}
        for top, folders, names in folder.walk():
            folders[:] = sorted(name for name in folders if name not in _OTHERS and not name.startswith("."))
            for path in sorted(top / name for name in names if name.endswith(".py")):
                if len(files) < _MOST_FILES and path.is_file() and path.stat().st_size <= _MOST_BYTES:
                    files[path.relative_to(folder).as_posix()] = path.read_text(encoding="utf-8", errors="replace")
        return cls(files, folder)

    # Files and lines

    def tree(self, path: str) -> ast.Module | None:
        """The syntax tree of a file; None where there is no such file, or it is no Python."""
        module = self._all.get(path)
        return module.tree if module and not module.error else None

    @cached_property
    def errors(self) -> dict[str, SyntaxError]:
        """The files that are no Python, and why."""
        return {path: module.error for path, module in self._all.items() if module.error}

    def line(self, path: str, number: int) -> str:
        """A line of a file, stripped; "" where there is none."""
        module = self._all.get(path)
        return module.lines[number - 1].strip() if module and 0 < number <= len(module.lines) else ""

    def place(self, path: str, where: ast.AST | int) -> Place:
        """A place in a file: of a node, or of a line counted from 1."""
        number = where if isinstance(where, int) else getattr(where, "lineno", 1)
        return Place(path, number, self.line(path, number))

    # What is in them

    def consumers(self, name: str = "") -> list[Consumer]:
        """The consumers, or those of one name."""
        return [consumer for consumer in self._consumers if name in ("", consumer.name)]

    def calls(self, name: str, within: Part | str | None = None) -> list[Call]:
        """The calls of a function or method of this last name: everywhere, in one file, or in a Consumer or Method."""
        return [call for module, node in self._where(within) for call in calls_in(module, name, node)]

    def references(self, name: str, within: Part | str | None = None) -> list[Reference]:
        """The mentions of that name that are no calls, such as `self.accept` without parentheses."""
        return [found for module, node in self._where(within) for found in references_in(module, name, node)]

    def strings(self, text: str, within: Part | str | None = None) -> list[Place]:
        """Where exactly this text is written as a string."""
        return [
            self.place(module.path, node)
            for module, part in self._where(within)
            for node in ast.walk(part or module.tree)
            if isinstance(node, ast.Constant) and node.value == text and isinstance(node.value, str)
        ]

    def setting(self, name: str) -> Setting | None:
        """A setting as the settings module leaves it, as far as that can be read; None where it is not set there."""
        return self._settings.get(name)

    def routes(self) -> list[Route]:
        """The routes in lists for a URLRouter, and others that lead to consumers."""
        return self._routes

    def imports(self, path: str) -> list[Import]:
        """The imports of a file, in the order of the lines; [] where there is no such file."""
        return find_imports(self._all[path]) if path in self._all else []

    @cached_property
    def settings_path(self) -> str:
        """The path of the settings module; "" for none."""
        return settings_module(self.files)

    @cached_property
    def asgi_path(self) -> str:
        """The path of the module with the ASGI application: what ASGI_APPLICATION names, else some asgi.py."""
        setting = self.setting("ASGI_APPLICATION")
        named = setting.value if setting and isinstance(setting.value, str) else "config.asgi.application"
        path = named.replace(":", ".").rpartition(".")[0].replace(".", "/") + ".py"
        return path if path in self.files else next((path for path in self.files if path.endswith("asgi.py")), "")

    @cached_property
    def _modules(self) -> list[Module]:
        return [module for module in self._all.values() if not module.error]

    @cached_property
    def _consumers(self) -> list[Consumer]:
        return find_consumers(self._modules)

    @cached_property
    def _routes(self) -> list[Route]:
        return find_routes(self._modules, {consumer.name for consumer in self._consumers})

    @cached_property
    def _settings(self) -> dict[str, Setting]:
        return read_settings({module.path: module for module in self._modules}, self.settings_path)

    def _where(self, within: Part | str | None) -> list[tuple[Module, ast.AST | None]]:
        if within is None:
            return [(module, None) for module in self._modules]
        path, node = (within, None) if isinstance(within, str) else (within.path, within.node)
        return [(self._all[path], node)] if path in self._all else []


@lru_cache(_MOST_FILES)
def _module(path: str, text: str) -> Module:
    """A file that has not changed since it was last looked at is not parsed again."""
    return Module(path, text)
