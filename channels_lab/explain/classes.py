"""The project's consumers: classes that derive, by name, from those of Channels."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from channels_lab.explain.calls import Call, Reference, calls_in, references_in
from channels_lab.explain.module import Function, Module, last_name
from channels_lab.explain.place import Place

__all__ = ["CHANNELS_CONSUMERS", "Consumer", "Method", "find_consumers"]

# channels.consumer, channels.generic.websocket, channels.generic.http
CHANNELS_CONSUMERS = (
    "AsyncConsumer",
    "SyncConsumer",
    "WebsocketConsumer",
    "JsonWebsocketConsumer",
    "AsyncWebsocketConsumer",
    "AsyncJsonWebsocketConsumer",
    "AsyncHttpConsumer",
)


@dataclass(frozen=True)
class Method:
    """A method as it is written, perhaps in a base class: `place` is its def line."""

    name: str
    path: str
    node: Function
    place: Place

    @property
    def is_async(self) -> bool:
        """Whether it is an `async def`."""
        return isinstance(self.node, ast.AsyncFunctionDef)

    @property
    def decorators(self) -> list[str]:
        """The last names of its decorators: ["database_sync_to_async"]."""
        return [last_name(one.func if isinstance(one, ast.Call) else one) for one in self.node.decorator_list]


@dataclass(frozen=True)
class Consumer:
    """A consumer. `base` is the class of Channels that it derives from, directly or through the project's own.

    `lineage` holds the class and the project's classes that it derives from, nearest first.
    """

    name: str
    path: str
    node: ast.ClassDef
    base: str
    place: Place
    lineage: tuple[tuple[Module, ast.ClassDef], ...]

    @property
    def is_async(self) -> bool:
        """Whether it is of the AsyncConsumer family."""
        return self.base.startswith("Async")

    @property
    def is_websocket(self) -> bool:
        """Whether its base speaks WebSocket by itself (has `accept`, `connect`, `receive`)."""
        return "Websocket" in self.base

    @property
    def methods(self) -> dict[str, Method]:
        """Its methods by name, own and inherited inside the project."""
        found: dict[str, Method] = {}
        for module, node in self.lineage:
            for item in node.body:
                if isinstance(item, ast.FunctionDef | ast.AsyncFunctionDef) and item.name not in found:
                    place = Place(module.path, item.lineno, module.lines[item.lineno - 1].strip())
                    found[item.name] = Method(item.name, module.path, item, place)
        return found

    def method(self, name: str) -> Method | None:
        """One of its methods; None where it is not written in the project."""
        return self.methods.get(name)

    def calls(self, name: str) -> list[Call]:
        """The calls of `name` in its methods, own and inherited inside the project."""
        return [call for module, node in self.lineage for call in calls_in(module, name, node)]

    def references(self, name: str) -> list[Reference]:
        """The mentions of `name` that are no calls."""
        return [found for module, node in self.lineage for found in references_in(module, name, node)]


def find_consumers(modules: list[Module]) -> list[Consumer]:
    """The consumers of these modules, in the order of files and lines."""
    classes: dict[str, tuple[Module, ast.ClassDef]] = {}
    found = [(module, node) for module in modules for node in ast.walk(module.tree) if isinstance(node, ast.ClassDef)]
    for module, node in found:
        classes.setdefault(node.name, (module, node))
    return [consumer for module, node in found if (consumer := _consumer(module, node, classes))]


def _consumer(module: Module, node: ast.ClassDef, classes: dict[str, tuple[Module, ast.ClassDef]]) -> Consumer | None:
    lineage: list[tuple[Module, ast.ClassDef]] = []
    base = next(_bases(module, node, classes, lineage), "")
    if not base:
        return None
    # The generator stops at the first base of Channels: the other classes are walked for their methods.
    lineage.clear()
    list(_bases(module, node, classes, lineage))
    place = Place(module.path, node.lineno, module.lines[node.lineno - 1].strip())
    return Consumer(node.name, module.path, node, base, place, tuple(lineage))


def _bases(
    module: Module,
    node: ast.ClassDef,
    classes: dict[str, tuple[Module, ast.ClassDef]],
    lineage: list[tuple[Module, ast.ClassDef]],
) -> Iterator[str]:
    """The classes of Channels that a class derives from; fills `lineage` on the way."""
    lineage.append((module, node))
    for base in node.bases:
        name = module.original(last_name(base))
        if name in classes and all(classes[name][1] is not seen for _, seen in lineage):
            yield from _bases(*classes[name], classes, lineage)
        elif name in CHANNELS_CONSUMERS:
            yield name
