"""Doubles: an object of the class and state of another, with some methods of its own. Runs inside the server.

All state stays where it was. A dictionary in common would be simpler, and Python finds the methods of an object slowly
once its dictionary has been looked at: the layer in memory would cost a busy server more than the record of it.
"""

import types
from collections.abc import Callable, Mapping
from typing import Any

__all__ = ["double", "own_value"]


def double(original: Any, methods: Mapping[str, Callable[..., Any]]) -> Any:
    """A double of an object; what is set on it is set on the original, whose own methods are as they were."""
    kind = type(original)

    def found(self: Any, name: str) -> Any:
        if name in methods:
            return object.__getattribute__(self, name)
        value = getattr(original, name)
        if type(value) is types.MethodType and value.__self__ is original:
            return types.MethodType(value.__func__, self)  # what it calls is called of the double
        return value

    def change(self: Any, name: str, value: Any) -> None:
        setattr(original, name, value)
        if name in methods:
            object.__setattr__(self, name, value)

    def forget(self: Any, name: str) -> None:
        delattr(original, name)
        if name in methods:
            object.__delattr__(self, name)

    shared = {"__getattribute__": found, "__setattr__": change, "__delattr__": forget}
    names = {"__module__": kind.__module__, "__qualname__": kind.__qualname__}
    return object.__new__(type(kind.__name__, (kind,), {**methods, **shared, **names}))


def own_value(of: Any, name: str) -> Any:
    """An object's attribute, None where there is none, by neither its dictionary nor a method of its own."""
    try:
        return object.__getattribute__(of, name)
    except AttributeError:
        return None
