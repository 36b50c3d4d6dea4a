"""The items of a router tree's picture: what is drawn of the tree, in words, and how each stands to the way."""

from dataclasses import dataclass, field

from channels_lab.picture.router.finder import Node, Place, node_at
from channels_lab.picture.router.passage import Passage
from channels_lab.picture.story.diagram import one_line

__all__ = ["BESIDE", "END", "TRIED", "WAY", "Item", "items_of"]

# How an item stands to a connection's way: on it, tried and left, the failure at its end, or beside it.
WAY, TRIED, END, BESIDE = "way", "tried", "failed", "beside"

_MOST_BESIDE = 8
_MOST_ITEMS = 60
_MOST_CHARACTERS = 60


@dataclass
class Item:
    """One node to be drawn: the `label` of the branch to it, its `name`, and `notes`, what is to be said of it."""

    state: str
    label: str
    name: str
    notes: list[str] = field(default_factory=list)
    below: list["Item"] = field(default_factory=list)
    leaf: bool = False


def items_of(tree: Node, passage: Passage) -> Item:
    """The items of a tree, from its root: all of the way, and as much beside it as can be looked at."""
    return _Items(tree, passage).item((), "")


class _Items:
    def __init__(self, tree: Node, passage: Passage) -> None:
        self._tree = tree
        self._passage = passage
        self._state = {place: TRIED for place in passage.tried} | {place: WAY for place in passage.way}
        self._left = _MOST_ITEMS - len(self._state)

    def item(self, place: Place, label: str) -> Item:
        node = node_at(self._tree, place)
        state = self._state.get(place, BESIDE)
        notes = [*_remarks(node), *self._passage.notes.get(place, ())]
        made = Item(state, label, _name(node), [one_line(note, _MOST_CHARACTERS) for note in notes])
        made.leaf = not node["branches"]
        shown = self._shown([(*place, number) for number in range(len(node["branches"]))])
        made.below += [self.item(inner, _label(node, node["branches"][inner[-1]][0])) for inner in shown]
        if hidden := len(node["branches"]) - len(made.below):
            made.below.append(Item(BESIDE, "", f"… {hidden} more", leaf=True))
        if self._passage.way[-1:] == [place]:
            elsewhere = list(dict.fromkeys(self._passage.elsewhere))[:_MOST_BESIDE]
            made.below += [Item(WAY, "", one_line(name, _MOST_CHARACTERS), ["not in the tree"]) for name in elsewhere]
            if self._passage.end:
                made.below.append(Item(END, "", one_line(self._passage.end, 2 * _MOST_CHARACTERS), leaf=True))
        return made

    def _shown(self, branches: list[Place]) -> list[Place]:
        """The branches that are drawn: those of the way, and of the others the first."""
        beside = [place for place in branches if place not in self._state][: min(_MOST_BESIDE, max(self._left, 0))]
        self._left -= len(beside)
        return [place for place in branches if place in self._state or place in beside]


def _name(node: Node) -> str:
    if "more" in node:
        return f"… {node['more']} more"
    name = one_line(node["layer"], _MOST_CHARACTERS) or "?"
    return f"Django ({name})" if node.get("django") else name


def _label(node: Node, text: str) -> str:
    """How a branch is called; the route that is the empty path needs a sign."""
    return one_line(text, _MOST_CHARACTERS) or ('""' if node["layer"] == "URLRouter" else "")


def _remarks(node: Node) -> list[str]:
    """What is to be known of a layer, whoever passes."""
    remarks = [f"allows {', '.join(node['allows'])}"] if node.get("allows") else []
    if node.get("class"):
        remarks.append("a class: as_asgi() is missing" if node.get("consumer") else "a class: it was not made")
    if node.get("instance"):
        remarks.append("one object for all connections: as_asgi() is missing")
    return remarks + (["it contains itself"] if node.get("again") else [])
