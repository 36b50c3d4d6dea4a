"""What a line takes out of what."""

import pytest

from channels_lab.explain.lookup import function_at, lookups
from channels_lab.explain.source import Source

FUNCTION = """\
async def receive(self, text_data):
    data = json.loads(text_data)
    kwargs = self.scope["url_route"]["kwargs"]
    a = data["message"]
    b = kwargs["room"], self.scope["user"]
    text_data = text_data.strip()
    c = text_data.get("x")
    data = other
"""


def owners(line: int, key: str = "") -> list[tuple[str, str]]:
    """The keys and owners in a line of the function."""
    source = Source({"a.py": FUNCTION})
    return sorted((found.key, found.owner) for found in lookups(source, source.place("a.py", line), key))


@pytest.mark.parametrize(
    ("line", "key", "owner"),
    [
        (4, "message", "json.loads(text_data)"),
        (5, "room", "self.scope['url_route']['kwargs']"),
        (5, "user", "self.scope"),
        (7, "get", "text_data"),
    ],
)
def test_local_names_are_followed_back(line: int, key: str, owner: str) -> None:
    """The owner is what the local name held in that line; a name that is made of itself stays."""
    assert owners(line, key) == [(key, owner)]


def test_without_a_key_all_lookups_of_the_line_are_found() -> None:
    """Subscripts with a literal key and attributes count, those of other lines do not."""
    found = owners(3)
    assert found == [("kwargs", "self.scope['url_route']"), ("scope", "self"), ("url_route", "self.scope")]
    assert owners(1, "message") == []


def test_names_that_go_round_in_circles_end() -> None:
    """Two names that are each made of the other are followed a few steps, not for ever."""
    source = Source({"a.py": "def f():\n    a = b.x\n    b = a.y\n    a['k']\n"})
    (found,) = lookups(source, source.place("a.py", 4), "k")
    assert found.key == "k"


def test_where_there_is_no_place_nothing_is_looked_up() -> None:
    """No place, a file that is gone, and a line outside functions give nothing, or what stands there."""
    source = Source({"a.py": 'x["k"]\ndef f():\n    def g():\n        pass\n'})
    assert lookups(source, None) == [] == lookups(source, source.place("b.py", 1))
    assert [one.owner for one in lookups(source, source.place("a.py", 1))] == ["x"]
    assert function_at(source, source.place("a.py", 1)) is None
    inner = function_at(source, source.place("a.py", 4))
    assert inner and inner.name == "g"
