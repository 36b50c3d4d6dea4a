"""Steps for lines: each order is kept, few lines are without, and the search ends."""

import itertools

import pytest

from channels_lab.picture.expectation.assignment import assign

ONE, TWO, NONE = frozenset("a"), frozenset("b"), frozenset[str]()


def test_order() -> None:
    """Two lines whose steps share an order have them in the lines' sequence; of two orders each counts alone."""
    assert assign([[0, 2], [1]], [ONE, ONE, ONE], [None, None]) == [0, 1]
    assert assign([[1], [0]], [ONE, ONE], [None, None]) == [1, None]
    assert assign([[1], [0]], [ONE, TWO], [None, None]) == [1, 0]


def test_a_step_is_given_once() -> None:
    """A step that stands in no order is still given to one line only."""
    assert assign([[0], [0]], [NONE], [None, None]) == [0, None]
    assert assign([[0, 1], [0, 1]], [NONE, NONE], [None, None]) == [0, 1]


def test_originals() -> None:
    """A line's step comes after that of its original; where that has none, it may be any."""
    assert assign([[1], [0, 2]], [TWO, ONE, ONE], [None, 0]) == [1, 2]
    assert assign([[], [0, 2]], [TWO, ONE, ONE], [None, 0]) == [None, 0]


def test_few_are_without() -> None:
    """The choice of a step looks ahead: no line is left without that need not be."""
    orders = [ONE, TWO, TWO, ONE]
    assert assign([[0, 1], [2], [0, 1], [3]], orders, [None] * 4) == [1, 2, 0, 3]
    # As good as any other, and found by trying everything.
    candidates = [[0, 1, 2, 3], [0, 3], [1], [0, 2]]
    best = assign(candidates, orders, [None] * 4)
    fewest = min(
        sum(place is None for place in places)
        for places in itertools.product(*([*places, None] for places in candidates))
        if _kept(places, orders)
    )
    assert _kept(best, orders) and sum(place is None for place in best) == fewest


def _kept(places: tuple[int | None, ...] | list[int | None], orders: list[frozenset[str]]) -> bool:
    given = [place for place in places if place is not None]
    pairs = itertools.combinations(given, 2)
    return all(one != other and (one < other or not orders[one] & orders[other]) for one, other in pairs)


@pytest.mark.timeout(20)
def test_the_search_ends() -> None:
    """A search that could take years ends in a moment, with a good answer."""
    many = 40
    orders = [frozenset([str(place)]) for place in range(many)] + [frozenset(map(str, range(many)))] * 2
    candidates = [list(range(many)) for _ in range(many - 2)] + [[many], [many + 1], [0]]
    found = assign(candidates, orders, [None] * len(candidates))
    assert sum(place is None for place in found) <= 2
