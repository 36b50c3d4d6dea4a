"""A finder: where in the routing tree the layers are that a connection entered."""

from typing import Any

__all__ = ["LIBRARIES", "Finder", "Node", "Place", "node_at"]

Node = dict[str, Any]
# A node in a tree: the numbers of the branches that lead to it from the root.
Place = tuple[int, ...]

# What is of these is noted when it is entered, and the project's own is not.
LIBRARIES = ("channels.", "django.", "daphne.")
_BY_LABEL = ("ProtocolTypeRouter", "ChannelNameRouter")
# These do work of their own before they go on.
_MAY_FAIL = ("SessionMiddleware", "AuthMiddleware")


def node_at(tree: Node, place: Place) -> Node:
    """The node at a place of the tree."""
    for number in place:
        tree = tree["branches"][number][1]
    return tree


class Finder:
    """Finds in the tree the layers that a connection entered, one after the other."""

    def __init__(self, tree: Node, opening: dict[str, Any]) -> None:
        self.entered: list[tuple[Place, dict[str, Any]]] = []
        self._tree = tree
        self._labels = (opening["type"], opening.get("channel") or opening["type"])
        self._matches: dict[Place, list[int]] = {}

    def enter(self, details: dict[str, Any]) -> bool:
        """Find the next layer; False where the tree has none of this name below, or on a later branch above."""
        place = self._next(details["through"])
        if place is None:
            return False
        self.entered.append((place, details))
        if "matches" in details:
            self._matches[place] = details["matches"]
        return True

    def last(self, *, failed: bool, answered: bool) -> tuple[Place, bool]:
        """Where the way ended, and whether it may have gone on from there: what is not of a library is not noted.

        `failed` says that something went wrong there; `answered` that the last layer of all did its work.
        """
        place = self.entered[-1][0] if self.entered else ()
        if failed and node_at(self._tree, place)["layer"] in _MAY_FAIL:
            return place, False
        place = self._unnoted(place) if self.entered else place
        while answered and self._unnoted(place) != place:
            place = self._unnoted(place)
        return place, self._unnoted(place) != place

    def _unnoted(self, place: Place) -> Place:
        """The layer below a place, where that is one that is not noted; else the place itself."""
        choice = next(iter(self._choices(place)), place)
        return choice if _is_unnoted(node_at(self._tree, choice)) else place

    def _next(self, name: str) -> Place | None:
        if not self.entered:
            return self._find((), name)
        place = self.entered[-1][0]
        choices = self._choices(place)
        while True:
            for choice in choices:
                if found := self._find(choice, name):
                    return found
            if not place:
                return None
            # A URLRouter that found nothing: the one above goes on with its next route.
            choices = [choice for choice in self._choices(place[:-1]) if choice > place]
            place = place[:-1]

    def _find(self, place: Place, name: str) -> Place | None:
        node = node_at(self._tree, place)
        if node["layer"][:100] == name[:100]:
            return place
        return next((found for choice in self._choices(place) if (found := self._find(choice, name))), None)

    def _choices(self, place: Place) -> list[Place]:
        """The branches that a connection may have taken from here, in the order in which they are tried."""
        node = node_at(self._tree, place)
        every = range(len(node["branches"]))
        if place in self._matches:
            numbers = [number for number in self._matches[place] if number in every]
        else:
            numbers = [number for number in every if node["branches"][number][0] in self._labels]
            if not numbers and node["layer"] not in _BY_LABEL:
                numbers = list(every)
        return [(*place, number) for number in numbers]


def _is_unnoted(node: Node) -> bool:
    noted = node["module"].startswith(LIBRARIES) or node.get("consumer") or "more" in node
    return not noted or "class" in node
