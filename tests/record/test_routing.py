"""An application as a tree: what the project wrote, whatever it wrote."""

import functools
import json
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import pytest
from channels.consumer import AsyncConsumer
from channels.middleware import BaseMiddleware
from channels.routing import ChannelNameRouter, ProtocolTypeRouter, URLRouter
from channels.security.websocket import OriginValidator
from channels.sessions import CookieMiddleware, SessionMiddleware
from django.core.handlers.asgi import ASGIHandler
from django.urls import path, re_path

from channels_lab.record.routing import walk


class Echo(AsyncConsumer):
    """A consumer."""


class Token(BaseMiddleware):
    """Middleware as the documentation of Channels has it."""


class Plan:
    """Middleware of one's own making."""

    def __init__(self, app: Any) -> None:
        self.app = app

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None: ...


async def plain(scope: Any, receive: Any, send: Any) -> None:
    """An application that is a function."""


def logged(app: Any) -> Any:
    """A decorator of applications."""

    async def wrapper(scope: Any, receive: Any, send: Any) -> None:
        await app(scope, receive, send)

    return wrapper


def shape(node: dict[str, Any]) -> Any:
    """A tree as nested lists: a name, and the branches by their labels."""
    return (
        [node["layer"], {label: shape(inner) for label, inner in node["branches"]}]
        if node["branches"]
        else node["layer"]
    )


def chain(node: dict[str, Any]) -> list[str]:
    """The names from the root down the first branches."""
    return [node["layer"], *(chain(node["branches"][0][1]) if node["branches"] else [])]


def count(node: dict[str, Any]) -> int:
    """The number of nodes."""
    return 1 + sum(count(inner) for _, inner in node["branches"])


def test_routers() -> None:
    """Routers have a branch for each type, route and channel, labelled as the learner wrote it."""
    application = ProtocolTypeRouter({
        "websocket": URLRouter([
            path("ws/", URLRouter([path("chat/<slug:room>/", Echo.as_asgi())])),
            re_path(r"^odd/(?P<n>\d+)/$", Echo.as_asgi()),
        ]),
        "channel": ChannelNameRouter({"mail": Echo.as_asgi()}),
    })  # fmt: skip
    assert shape(walk(application)) == [
        "ProtocolTypeRouter",
        {
            "websocket": [
                "URLRouter",
                {"ws/": ["URLRouter", {"chat/<slug:room>/": "Echo"}], r"^odd/(?P<n>\d+)/$": "Echo"},
            ],
            "channel": ["ChannelNameRouter", {"mail": "Echo"}],
        },
    ]


def test_layers_that_wrap() -> None:
    """Validators, middleware of Channels and of one's own, decorators and partials show what they wrap."""
    application = OriginValidator(
        CookieMiddleware(SessionMiddleware(Token(Plan(functools.partial(plain, logged(Echo.as_asgi())))))),
        ["a.example"],
    )
    tree = walk(application)
    names = ["OriginValidator", "CookieMiddleware", "SessionMiddleware", "Token", "Plan", "plain"]
    assert chain(tree) == [*names, "logged.<locals>.wrapper", "Echo"]
    assert tree["allows"] == ["a.example"]
    assert tree["branches"][0][0] == ""


@pytest.mark.parametrize(
    ("application", "leaf"),
    [
        (Echo.as_asgi(), {"layer": "Echo", "module": __name__, "branches": [], "consumer": True}),
        (Echo, {"layer": "Echo", "module": __name__, "branches": [], "consumer": True, "class": True}),
        (Echo(), {"layer": "Echo", "module": __name__, "branches": [], "consumer": True, "instance": True}),
        (Plan, {"layer": "Plan", "module": __name__, "branches": [], "class": True}),
        (plain, {"layer": "plain", "module": __name__, "branches": []}),
        (functools.partial(plain), {"layer": "plain", "module": __name__, "branches": []}),
        (None, {"layer": "NoneType", "module": "builtins", "branches": []}),
    ],
    ids=["consumer", "class", "instance", "middleware class", "function", "partial", "nothing"],
)
def test_leaves(application: Any, leaf: dict[str, Any]) -> None:
    """A leaf says its name and module, and what is special about it."""
    assert walk(application) == leaf


def test_django() -> None:
    """Django's own handler is a leaf that says so."""
    handler = ASGIHandler.__new__(ASGIHandler)  # to make one, there would have to be settings
    assert walk(handler) == {
        **{"layer": "ASGIHandler", "module": "django.core.handlers.asgi", "branches": []},
        "django": True,
    }


# What cannot be trusted


class Raises:
    """Whatever is asked of it, it fails."""

    def __getattr__(self, name: str) -> Any:
        raise RuntimeError(name)

    async def __call__(self) -> None: ...


class Answers:
    """It has every attribute, and each has every attribute."""

    def __getattr__(self, name: str) -> Any:
        return Answers()

    async def __call__(self) -> None: ...


class Unkind(type):
    """A class of classes without a name."""

    @property
    def __name__(cls) -> str:  # type: ignore[override]
        raise RuntimeError("no")


class Nameless(metaclass=Unkind):
    """It cannot even be named."""


def own_cycle() -> Any:
    """Middleware that wraps itself."""
    first = Plan(None)
    first.app = Plan(first)
    return first


def many(branches: int, levels: int) -> Any:
    """A tree of routers."""
    inner = many(branches, levels - 1) if levels else plain
    return ProtocolTypeRouter({str(number): inner for number in range(branches)})


HOSTILE: dict[str, Callable[[], Any]] = {
    "it raises": lambda: Raises(),
    "it answers": lambda: Answers(),
    "it has no name": lambda: Nameless(),
    "it contains itself": own_cycle,
    "it is wide and deep": lambda: many(60, 3),
    "it was never made": lambda: URLRouter.__new__(URLRouter),
}


@pytest.mark.parametrize("make", HOSTILE.values(), ids=HOSTILE)
def test_it_is_bounded_and_never_raises(make: Callable[[], Any]) -> None:
    """Objects that fail or have no end, and trees that are too large, give a tree that fits into a record."""
    tree = walk(make())
    assert count(tree) <= 400  # of 300, each may have one that tells how many were cut off
    assert len(chain(tree)) <= 25
    assert len(json.dumps(tree)) < 100_000


def test_what_was_cut_off_is_counted() -> None:
    """Of many branches the first are there, and a last one says how many more there are."""
    tree = walk(many(60, 0))
    assert len(tree["branches"]) == 41
    assert tree["branches"][-1] == ["…", {"layer": "…", "module": "", "branches": [], "more": 20}]


def test_a_cycle() -> None:
    """A layer that contains itself is shown once more, and marked."""
    tree = walk(own_cycle())
    assert chain(tree) == ["Plan", "Plan", "Plan"]
    assert tree["branches"][0][1]["branches"][0][1]["again"] is True


def test_long_names() -> None:
    """Names and routes are cut."""
    tree = walk(ProtocolTypeRouter({"x" * 10_000: type("Y" * 10_000, (), {})()}))
    [[label, node]] = tree["branches"]
    assert len(label) == len(node["layer"]) == 120


def test_nothing_heavy_is_imported() -> None:
    """In a project without Channels, walking imports neither Channels nor Django."""
    code = (
        "import sys; from channels_lab.record.routing import walk; walk(print);"
        "sys.exit(any(name.split('.')[0] in ('channels', 'django', 'asgiref', 'daphne') for name in sys.modules))"
    )
    assert subprocess.run([sys.executable, "-c", code], timeout=30).returncode == 0
