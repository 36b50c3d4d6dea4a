"""One room for the tests of a module, and rooms of a test's own."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from .room import Room


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Room]:
    """A room that is open while the tests of a module run; each brings learners of its own."""
    made = Room(tmp_path_factory.mktemp("room"))
    yield made.start()
    made.stop()


@pytest.fixture
def new_room(tmp_path: Path) -> Iterator[Callable[[], Room]]:
    """Makes rooms that a test starts by itself, and stops them after it."""
    made: list[Room] = []

    def make() -> Room:
        made.append(Room(tmp_path / f"room {len(made)}"))
        return made[-1]

    yield make
    for one in made:
        one.stop()
