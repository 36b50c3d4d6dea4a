"""The router tree: an application's routing as a picture, with the way that a connection took through it."""

import textwrap
from collections.abc import Iterable, Iterator

from channels_lab.errors import LabError
from channels_lab.picture.router.finder import Node
from channels_lab.picture.router.passage import Passage
from channels_lab.picture.router.tree_item import BESIDE, END, TRIED, WAY, Item, items_of
from channels_lab.picture.story.cast import Cast
from channels_lab.picture.story.diagram import escaped, one_line
from channels_lab.record.events import Event

__all__ = ["RouterTree"]

_LINE_CHARACTERS = 36
_MOST_KEYS = 4
_SIGNS = {WAY: "● ", TRIED: "○ ", END: "✗ ", BESIDE: ""}
_TWIGS = {WAY: "─● ", TRIED: "─○ ", END: "─✗ ", BESIDE: "── "}
# Thick and dashed lines tell as much as the colours, which stand out from a light ground and from a dark one.
_STYLES = (
    "classDef way stroke:#3b82f6,stroke-width:3px",
    "classDef tried stroke:#3b82f6,stroke-width:2px,stroke-dasharray:5 4",
    "classDef failed stroke:#d64541,stroke-width:3px,stroke-dasharray:8 3",
)
# Closer together than usual: a chain of middleware is long. It breaks no lines itself: that is done here.
_CONFIGURED = """\
---
config:
  flowchart:
    rankSpacing: 26
    nodeSpacing: 24
    padding: 8
    wrappingWidth: 400
---"""
# What Mermaid looks for after it has read the escapes: its own marks of these, formulas and icons.
_NOT_ESCAPED = (("ﬂ°", "fl°"), ("¶ß", "¶ss"), ("$$", "$\u2060$"), (":fa-", ":\u2060fa-"))
_LINKS = {WAY: "==>", TRIED: "-.->", END: "==x", BESIDE: "-->"}


class RouterTree:
    """A routing tree (as `wire.routing.walk` makes it), and the `passage` of a connection, which `title` names."""

    def __init__(self, tree: Node, passage: Passage | None = None, title: str = "The routing") -> None:
        self.tree = tree
        self.passage = passage
        self.title = one_line(title)
        self._root = items_of(tree, passage or Passage())

    @classmethod
    def of(cls, events: Iterable[Event], client: str | None = None) -> "RouterTree":
        """The tree of a record, with the newest connection of a client ("alice", "browser 1"), or the newest WebSocket.

        Raises LabError where the record has no tree, or no connection of this client.
        """
        events = sorted(events)
        trees = [event for event in events if event.kind == "begin" and event.details.get("tree")]
        if not trees:
            raise LabError(
                "The record has no routing tree: no server that speaks ASGI has begun.",
                "Start one with `server = await lab.daphne()`; where that fails, its log says why.",
            )
        opening, title = _opening(events, client)
        if opening is None:
            return cls(trees[-1].details["tree"])
        begun = [event for event in trees if event.name == opening.name and event <= opening] or trees
        own = [event for event in events if event.side == "server" and event.key == opening.key and event >= opening]
        own.remove(opening)
        tree = begun[-1].details["tree"]
        return cls(tree, Passage.of(tree, [opening, *own]), title)

    def __str__(self) -> str:
        return self.text()

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, str]:
        return {"text/vnd.mermaid": self.mermaid(), "text/plain": self.text()}

    def text(self) -> str:
        """The tree as indented lines: ● is on the connection's way, ○ was tried and left, ✗ is where it failed."""
        tree = _indented(self._root, _SIGNS[self._root.state], "")
        return "\n".join([self.title, *self._scope(10 * _MOST_KEYS), *tree])

    def mermaid(self) -> str:
        """The tree as Mermaid source, with an accessible title and description."""
        lines = [
            _CONFIGURED,
            "flowchart TD",
            f"    accTitle: {escaped(self.title)}",
            f"    accDescr: {escaped(_summary(self._root))}",
        ]
        if self.passage:
            start = Item(WAY, "", self.title, self._scope(_MOST_KEYS), [self._root], leaf=True)
        else:
            start = self._root
        lines += [f"    {line}" for line in _Chart().lines(start)]
        return "\n".join([*lines, *(f"    {style}" for style in _STYLES), ""])

    def _scope(self, most: int) -> list[str]:
        """The keys of the scope as the server made it, in a line."""
        keys = [one_line(key, 30) for key in self.passage.given] if self.passage else []
        more = [f"… {len(keys) - most} more"] if len(keys) > most else []
        return [f"scope: {', '.join(keys[:most] + more)}"] if keys else []


def _opening(events: list[Event], client: str | None) -> tuple[Event | None, str]:
    """The connection that is wanted, and its title; None where nobody has connected yet."""
    names = Cast(events).peer
    opened = [event for event in events if event.side == "server" and event.kind == "open"]
    wanted = [event for event in opened if event.details["type"] == "websocket"] or opened
    if client is not None:
        wanted = [event for event in opened if names[event.key] == client]
        if not wanted:
            known = ", ".join(dict.fromkeys(one_line(names[event.key], 40) for event in opened)) or "none yet"
            raise LabError(f"{one_line(client, 40)} has no connection in the record.", f"Those in it: {known}.")
    if not wanted:
        return None, ""
    details = wanted[-1].details
    what = {"channel": "channel", "websocket": "WebSocket"}.get(details["type"]) or details["method"]
    return wanted[-1], f"{names[wanted[-1].key]}: {what} {details['channel'] or details['path']}"


def _summary(root: Item) -> str:
    """The way in words; without one, what the tree holds."""
    item, told = root, []
    while item.state in (WAY, END):
        told.append(item.name + (f" ({'; '.join(item.notes)})" if item.notes else ""))
        onward = [inner for inner in item.below if inner.state in (WAY, END)]
        if not onward:
            return f"The way: {', '.join(told).rstrip('.')}."
        item = onward[-1]
    return f"{root.name}: {', '.join(inner.label or inner.name for inner in root.below) or 'nothing below it'}."


def _indented(item: Item, first: str, rest: str) -> Iterator[str]:
    label = f"{item.label} → " if item.label else ""
    yield f"{first}{label}{item.name}{''.join('  ' + note for note in item.notes)}"
    for inner in item.below:
        corner, line = ("└", " ") if inner is item.below[-1] else ("├", "│")
        yield from _indented(inner, f"{rest}{corner}{_TWIGS[inner.state]}", f"{rest}{line}  ")


class _Chart:
    """Numbers the items, and writes them as Mermaid's nodes and links."""

    def __init__(self) -> None:
        self._number = 0

    def lines(self, item: Item) -> Iterator[str]:
        name = f"n{self._number}"
        self._number += 1
        texts = [_SIGNS[item.state] + item.name, *item.notes]
        label = "<br/>".join(_quoted(line) for text in texts for line in textwrap.wrap(text, _LINE_CHARACTERS))
        left, right = "()" if item.leaf and item.state != END else "[]"
        yield f'{name}{left}"{label}"{right}' + (f":::{item.state}" if item.state != BESIDE else "")
        for inner in item.below:
            label = f'|"{_quoted(inner.label)}"|' if inner.label else ""
            yield f"{name} {_LINKS[inner.state]}{label} n{self._number}"
            yield from self.lines(inner)


def _quoted(text: str) -> str:
    """A label that is drawn as it is: neither Markdown, HTML nor Mermaid reads anything into it."""
    for marks, plain in _NOT_ESCAPED:
        text = text.replace(marks, plain)
    return "".join(c if c.isalnum() or c == " " or c > "~" else f"#{ord(c)};" for c in text)
