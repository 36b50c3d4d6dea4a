"""An assignment: a step for each expected line, so that what shares an order keeps it, and few lines are without."""

from bisect import bisect_right

__all__ = ["assign"]

# The search may take so many tries; what is best by then is taken.
_MOST_TRIES = 10_000


def assign(candidates: list[list[int]], orders: list[frozenset[str]], originals: list[int | None]) -> list[int | None]:
    """Give each line a place among its `candidates` (ascending), or None, so that as few as possible have none.

    `orders` says of each place in whose orders it stands: two lines whose places share one have them in the lines' own
    sequence. `originals` names, for a line, an earlier line whose place must come first. Of equally good assignments
    the one that serves the first lines is taken.
    """
    return _Search(candidates, orders, originals).best


class _Search:
    def __init__(self, candidates: list[list[int]], orders: list[frozenset[str]], originals: list[int | None]) -> None:
        self._groups: list[dict[frozenset[str], list[int]]] = []
        for places in candidates:
            groups: dict[frozenset[str], list[int]] = {}
            for place in places:
                groups.setdefault(orders[place], []).append(place)
            self._groups.append(groups)
        self._originals = originals
        # How many of the lines from here on can find nothing at all.
        self._lost = [sum(not places for places in candidates[start:]) for start in range(len(candidates) + 1)]
        self._places: list[int | None] = [None] * len(candidates)
        self._last: dict[str, int] = {}
        self._used: set[int] = set()
        self._left = _MOST_TRIES
        self._fewest = len(candidates) + 1
        self.best = list(self._places)
        self._go_on(0, 0)

    def _go_on(self, line: int, without: int) -> None:
        self._left -= 1
        tired = self._left < 0 and self._fewest <= len(self._places)
        if tired or without + self._lost[line] >= self._fewest:
            return
        if line == len(self._places):
            self._fewest, self.best = without, list(self._places)
            return
        for place, order in self._choices(line):
            before = {name: self._last.get(name, -1) for name in order}
            self._last.update(dict.fromkeys(order, place))
            self._used.add(place)
            self._places[line] = place
            self._go_on(line + 1, without)
            self._used.discard(place)
            self._last.update(before)
        self._places[line] = None
        self._go_on(line + 1, without + 1)

    def _choices(self, line: int) -> list[tuple[int, frozenset[str]]]:
        """The first free step of each group of a like order: a later one would only leave less room."""
        found = []
        original = self._originals[line]
        said = None if original is None else self._places[original]
        for order, places in self._groups[line].items():
            after = max([-1 if said is None else said, *(self._last.get(name, -1) for name in order)])
            free = (places[k] for k in range(bisect_right(places, after), len(places)) if places[k] not in self._used)
            if (place := next(free, None)) is not None:
                found.append((place, order))
        return sorted(found, key=lambda choice: choice[0])
