"""Chains: the routes that a server had when it ran, from the outermost router to the consumer, and what they match."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from channels_lab.explain.evidence import Evidence
from channels_lab.explain.place import Place
from channels_lab.explain.source import Source

__all__ = ["CONVERTERS", "PART", "Chain", "Step", "chains_of", "nodes_of", "step_of", "tree_of"]

Node = dict[str, Any]

# What django.urls.converters match.
CONVERTERS = {
    "int": "[0-9]+",
    "path": ".+",
    "slug": "[-a-zA-Z0-9_]+",
    "str": "[^/]+",
    "uuid": "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}",
}
# A part of a path() route: <room>, <int:room>.
PART = re.compile(r"<(?:(?P<converter>\w+):)?(?P<name>\w+)>")
_REGEX = re.compile(r"[\\^$?*+|(]")


@dataclass(frozen=True)
class Step:
    """One route: `kind` is "path" or "re_path". An `endpoint` must take the whole rest of the path."""

    text: str
    kind: str
    place: Place | None = None
    endpoint: bool = True

    def rest(self, path: str) -> str | None:
        """What the route leaves of a path that it matches; None where it does not (django/urls/resolvers.py)."""
        try:
            if self.kind == "path":
                found = re.match(self.regex + (r"\Z" if self.endpoint else ""), path)
            elif self.endpoint and self.text.endswith("$"):
                found = re.fullmatch(self.text, path)
            else:
                found = re.search(self.text, path)
        except re.error:
            return None
        return path[found.end() :] if found else None

    @property
    def regex(self) -> str:
        """The regular expression of a path() route; of a re_path() one, its text."""
        if self.kind != "path":
            return self.text
        made, end = "", 0
        for part in PART.finditer(self.text):
            converter = CONVERTERS.get(part["converter"] or "str", "[^/]+")
            made += re.escape(self.text[end : part.start()]) + f"({converter})"
            end = part.end()
        return made + re.escape(self.text[end:])


@dataclass(frozen=True)
class Chain:
    """The routes on the way to one application; `leaf` is its node in the routing tree."""

    steps: tuple[Step, ...]
    leaf: Node

    @property
    def text(self) -> str:
        """The routes, as they are written, one after the other."""
        return "".join(step.text for step in self.steps)

    @property
    def place(self) -> Place | None:
        """The line of the last route."""
        return self.steps[-1].place

    def matches(self, path: str) -> bool:
        """Whether a path without its first slash comes through (channels/routing.py)."""
        rest: str | None = path
        for step in self.steps:
            rest = step.rest(rest.lstrip("/")) if rest is not None else None
        return rest is not None

    def changed(self, change: Callable[[Step], Step]) -> "Chain":
        """The same with other steps."""
        return replace(self, steps=tuple(map(change, self.steps)))


def tree_of(evidence: Evidence, process: str = "") -> Node:
    """The routing tree of a process, or of the last one that began; {} for none."""
    trees = [e.details.get("tree") for e in evidence.of("begin") if process in ("", e.name)]
    return trees[-1] if trees and isinstance(trees[-1], dict) else {}


def nodes_of(tree: Node) -> Iterator[Node]:
    """Every node of a tree."""
    if tree:
        yield tree
        for _, inner in tree.get("branches", ()):
            yield from nodes_of(inner)


def chains_of(evidence: Evidence, process: str = "", kind: str = "websocket") -> list[Chain]:
    """The chains for WebSockets (or `kind="http"`), as the process had them when it began."""
    written = {route.text: step_of(evidence.source, route.text) for route in evidence.source.routes() if route.text}
    return list(_walk(tree_of(evidence, process), kind, written, ()))


def step_of(source: Source, text: str) -> Step:
    """A route as the source has it; one that is not found there is read as what it looks like."""
    for route in source.routes():
        if route.text == text:
            return Step(text, "path" if route.kind == "path" else "re_path", route.place)
    return Step(text, "re_path" if _REGEX.search(PART.sub("", text)) else "path")


def _walk(node: Node, kind: str, written: dict[str, Step], steps: tuple[Step, ...]) -> Iterator[Chain]:
    branches = node.get("branches") or []
    if node.get("layer") == "ProtocolTypeRouter":
        for label, inner in branches:
            if label == kind:
                yield from _walk(inner, kind, written, steps)
    elif node.get("layer") == "URLRouter":
        for label, inner in branches:
            step = written.get(label) or step_of(Source({}), label)
            # Only a router directly in a router is handed the rest of a path (channels issue 1428).
            step = replace(step, endpoint=inner.get("layer") != "URLRouter")
            yield from _walk(inner, kind, written, (*steps, step))
    elif branches:
        yield from _walk(branches[0][1], kind, written, steps)
    elif steps:
        yield Chain(steps, node)
