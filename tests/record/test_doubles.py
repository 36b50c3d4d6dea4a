"""Doubles: what stands for a channel layer in the project."""

import pytest

from channels_lab.record.doubles import double, own_value


class Layer:
    """What a project's own layer may be like."""

    capacity = 100

    def __init__(self) -> None:
        self.capacity = 5
        self.sent: list[str] = []

    def send(self, text: str) -> None:
        """What is doubled."""
        self.sent.append(f"{text} of {self.capacity}")

    def send_twice(self, text: str) -> None:
        """What calls it."""
        self.send(text)
        self.send(text)

    @property
    def count(self) -> int:
        """What is asked like an attribute."""
        return len(self.sent)


@pytest.fixture
def original() -> Layer:
    """An object that has a double."""
    return Layer()


@pytest.fixture
def other(original: Layer) -> Layer:
    """Its double."""

    def send(self: Layer, text: str) -> None:
        original.send(f"doubled {text}")

    made: Layer = double(original, {"send": send})
    return made


def test_its_methods_are_called_of_it(original: Layer, other: Layer) -> None:
    """What the class calls of the double are the double's own methods; the original calls its own."""
    other.send_twice("a")
    original.send_twice("b")
    assert original.sent == ["doubled a of 5", "doubled a of 5", "b of 5", "b of 5"]
    assert type(other).__name__ == "Layer" and isinstance(other, Layer) and other.count == 4


def test_all_state_is_in_the_original(original: Layer, other: Layer) -> None:
    """An object's value counts, not its class's; what is set or deleted on one is so on both."""
    assert other.capacity == 5 and vars(other) == vars(original)
    other.capacity = 7
    assert original.capacity == 7
    del original.capacity
    assert other.capacity == 100
    other.note = "kept"  # type: ignore[attr-defined]
    del other.note  # type: ignore[attr-defined]
    assert not hasattr(original, "note")


def test_a_method_that_is_set_by_hand(original: Layer, other: Layer) -> None:
    """A method that the project puts in place of a doubled one is called, until it is taken away."""
    other.send = original.sent.append  # type: ignore[method-assign]
    other.send_twice("c")
    assert original.sent == ["c", "c"]
    del other.send
    other.send("d")
    assert original.sent[2:] == ["doubled d of 5"]


def test_own_value(original: Layer) -> None:
    """An attribute, or None where there is none."""
    assert own_value(original, "capacity") == 5 and own_value(original, "expiry") is None
