"""Routing: an ASGI application as a tree of routers, middleware and consumers. Runs inside the server."""

import contextlib
import functools
import inspect
from collections.abc import Iterator
from typing import Any

from channels_lab.record.excerpt import word
from channels_lab.record.scopes import unwatch_layers, watch_layers

__all__ = ["unwatch_layers", "walk", "watch_layers"]

Node = dict[str, Any]

_MOST_LEVELS = 24
_MOST_BRANCHES = 40
_MOST_NODES = 300
_MOST_CHARACTERS = 120
# What a layer calls the application that it wraps, in Channels, in its documentation, and elsewhere.
_INNER = ("inner", "application", "app")
_CONSUMER = ("channels.consumer", "AsyncConsumer")
_VALIDATOR = ("channels.security.websocket", "OriginValidator")
_DJANGO = ("django.core.handlers.asgi", "ASGIHandler")


def walk(application: Any) -> Node:
    """The routing of an ASGI application as a tree that JSON can hold; it is bounded, and never raises.

    A node is {"layer": name of the class or function, "module": …, "branches": [[label, node], …]}. The label is the
    type of connection at a ProtocolTypeRouter, the route at a URLRouter, the channel at a ChannelNameRouter, and "" for
    what a layer wraps. A node may have "consumer", "django", "class" (a class stands where an application should:
    `as_asgi()` is missing), "instance" (a consumer that all connections would share) or "again" (it contains itself),
    each true; an OriginValidator has the list of origins that it "allows". What was cut off is {"layer": "…", "more":
    number of branches}.
    """
    return _Walk().node(application, ())


class _Walk:
    def __init__(self) -> None:
        self._left = _MOST_NODES

    def node(self, value: Any, above: tuple[int, ...]) -> Node:
        """The node of an application; `above` are the ids of what wraps it."""
        self._left -= 1
        if len(above) >= _MOST_LEVELS:
            return _cut(1)
        try:
            return self._node(value, above)
        except Exception:
            return {"layer": "?", "module": "", "branches": []}  # it cannot even be looked at

    def _node(self, value: Any, above: tuple[int, ...]) -> Node:
        if inspect.isfunction(value) and str(value.__module__).startswith("channels_lab."):
            value = next(iter(_inner(value)), value)  # ours is not the project's
        if isinstance(value, functools.partial) and not _inner(value):
            value = value.func
        consumer = _attribute(value, "consumer_class")
        if inspect.isclass(consumer):
            return {**_leaf(consumer), "consumer": True}
        made = {**_leaf(value), **_traits(value)}
        if "class" in made or "consumer" in made:
            return made
        if id(value) in above:
            return {**made, "again": True}
        branches = list(_branches(value))
        for number, (label, inner) in enumerate(branches):
            if number == _MOST_BRANCHES or self._left <= 0:
                made["branches"].append(["…", _cut(len(branches) - number)])
                break
            made["branches"].append([_short(label), self.node(inner, (*above, id(value)))])
        return made


def _leaf(value: Any) -> Node:
    """A node with the name of a class or function, or of an object's class."""
    value = value.func if isinstance(value, functools.partial) else value
    named = value if inspect.isclass(value) or inspect.isroutine(value) else type(value)
    name = named.__name__ if inspect.isclass(named) else named.__qualname__
    return {"layer": _short(name), "module": _short(_attribute(named, "__module__") or ""), "branches": []}


def _traits(value: Any) -> Node:
    """What is to be known of an application beside its name."""
    if inspect.isclass(value):
        return {"class": True, **({"consumer": True} if _is(value, _CONSUMER) else {})}
    if _is(type(value), _CONSUMER):
        return {"consumer": True, "instance": True}
    if _is(type(value), _DJANGO) and not _inner(value):
        return {"django": True}
    if _is(type(value), _VALIDATOR) and isinstance(value.allowed_origins, list | tuple):
        return {"allows": [_short(origin) for origin in value.allowed_origins[:_MOST_BRANCHES]]}
    return {}


def _is(made: type, wanted: tuple[str, str]) -> bool:
    """Whether a class is this one, or made from it; the one asked for need not be imported."""
    return any((base.__module__, base.__name__) == wanted for base in made.__mro__)


def _branches(value: Any) -> Iterator[tuple[Any, Any]]:
    mapping, routes = _attribute(value, "application_mapping"), _attribute(value, "routes")
    if isinstance(mapping, dict):
        yield from mapping.items()
    elif isinstance(routes, list | tuple):
        for route in routes:
            yield _attribute(route, "pattern"), _attribute(route, "callback")
    else:
        for inner in _inner(value):
            yield "", inner


def _inner(value: Any) -> list[Any]:
    """What a layer wraps, if anything: at most one application."""
    found = [_attribute(value, name) for name in _INNER]
    if isinstance(value, functools.partial):
        found = [*value.args, *value.keywords.values()]
    elif inspect.isfunction(value):
        # A function that was made around an application, as decorators do.
        cells = dict(zip(value.__code__.co_freevars, value.__closure__ or (), strict=False))
        found += [_attribute(cells[name], "cell_contents") for name in _INNER if name in cells]
    return [inner for inner in found if callable(inner)][:1]


def _attribute(value: Any, name: str) -> Any:
    with contextlib.suppress(Exception):
        return getattr(value, name, None)
    return None


def _cut(count: int) -> Node:
    return {"layer": "…", "module": "", "branches": [], "more": count}


def _short(value: Any) -> str:
    text = word(value)
    return text if len(text) <= _MOST_CHARACTERS else text[: _MOST_CHARACTERS - 1] + "…"
