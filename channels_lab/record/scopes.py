"""Scopes: which layers a connection enters, and what is new in the scope at each. Runs inside the server."""

import contextlib
import functools
import importlib
import inspect
from collections.abc import Callable
from typing import Any

from channels_lab.record.excerpt import excerpt, word
from channels_lab.record.variables import Variable

__all__ = ["unwatch_layers", "watch_layers"]

Write = Callable[..., None]

_LAYERS = (
    ("channels.routing", "ProtocolTypeRouter"),
    ("channels.routing", "URLRouter"),
    ("channels.routing", "ChannelNameRouter"),
    ("channels.middleware", "BaseMiddleware"),
    ("channels.sessions", "CookieMiddleware"),
    ("channels.sessions", "SessionMiddleware"),
    ("channels.auth", "AuthMiddleware"),
    ("channels.security.websocket", "OriginValidator"),
    ("channels.consumer", "AsyncConsumer"),
    ("django.core.handlers.asgi", "ASGIHandler"),
)

# In this connection: the scope when it was last looked at (key → id of its value), and keys that are not told yet.
_before: Variable[tuple[dict[Any, int], list[Any]]] = Variable(({}, []))
_watched: dict[type, Callable[..., Any]] = {}


def watch_layers(note: Write) -> None:
    """From now on, call `note("scope", …)` each time a connection enters a layer of Channels or Django.

    Details: `through` (the name of the layer's class), `keys` (those that are new in the scope since the layer before;
    at the first, all), `consumer` (whether it is one; what refuses for an OriginValidator is not); and, where there
    are, `changed` (keys that have another value since), `route` and `args` (what URLRouters have found in the path so
    far), and at a URLRouter `matches` (numbers of the routes whose pattern fits, in order: the first is taken, another
    only where a URLRouter in it finds nothing).

    A subclass that has a `__call__` of its own is noted when it calls `super()`: what is new there, it has added. Other
    middleware is not noted, and shows as keys that came in between. Called again, the newest `note` counts.
    """
    unwatch_layers()
    for module, name in _LAYERS:
        try:
            layer = getattr(importlib.import_module(module), name)
        except Exception:
            continue  # not installed, so not in use
        _watched[layer] = layer.__call__
        setattr(layer, "__call__", _noted(note, layer, layer.__call__))  # noqa: B010


def unwatch_layers() -> None:
    """Leave the layers as they were before `watch_layers`."""
    while _watched:
        layer, call = _watched.popitem()
        setattr(layer, "__call__", call)  # noqa: B010 - to mypy, a class's own may not change


def _noted(note: Write, watched: type, call: Callable[..., Any]) -> Callable[..., Any]:
    # Not `async`: it would stand in every traceback, and in Python's warning of what was never awaited.
    @functools.wraps(call)
    def entered(self: Any, *args: Any, **kwargs: Any) -> Any:
        with contextlib.suppress(Exception):  # nothing that is done here may break the application
            _enter(note, watched, self, args[0] if args else kwargs["scope"])
        return call(self, *args, **kwargs)

    return inspect.markcoroutinefunction(entered)


def _enter(note: Write, watched: type, layer: Any, scope: dict[Any, Any]) -> None:
    before, untold = _before.get()
    now = {key: id(value) for key, value in scope.items()}
    new = untold + [key for key in now if key not in before]
    if watched is not next(base for base in type(layer).__mro__ if base in _watched):
        _before.set((now, new))  # a `super().__call__` of what has been entered already
        return
    _before.set((now, []))
    found = scope.get("url_route") or {}
    more = {
        "changed": [key for key in now if key in before and now[key] != before[key]],
        "route": found.get("kwargs"),
        "args": found.get("args"),
    }
    details = {name: excerpt(value) for name, value in more.items() if value}
    if watched.__name__ == "URLRouter":
        details["matches"] = _matches(layer, scope)
    name = type(layer).__name__
    consumer = watched.__name__ == "AsyncConsumer" and name != "WebsocketDenier"
    note("scope", through=word(name), keys=excerpt(new), consumer=consumer, **details)


def _matches(router: Any, scope: dict[Any, Any]) -> list[int]:
    """Which routes fit by their pattern alone: converters are the project's own code, and not run twice."""
    path = scope.get("path_remaining")
    if path is None:
        path = scope["path"].removeprefix(scope.get("root_path", ""))
    path = path.lstrip("/")
    return [number for number, route in enumerate(router.routes) if route.pattern.regex.search(path)]
