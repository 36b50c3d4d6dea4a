"""Chains of routes, against Django's own resolver; names, against Python's own importing."""

import importlib
from pathlib import Path

import pytest
from django.urls.resolvers import RegexPattern, RoutePattern

from channels_lab.explain.chains import Chain, Step, step_of
from channels_lab.explain.names import (
    HOMES,
    imported,
    leads_to,
    library_modules,
    library_names,
    modules_of,
    names_in,
    nearest,
)
from channels_lab.explain.source import Source

PATHS = [
    "",
    "ws/",
    "ws/chat/lobby/",
    "ws/chat/lobby",
    "ws/chat/7/",
    "ws/chat/a b/",
    "ws/chat/방/",
    "ws/chat/a/b/",
    "x/ws/",
]
ROUTES = [
    "",
    "ws/",
    "ws/chat/<room>/",
    "ws/chat/<int:room>/",
    "ws/chat/<slug:room>/",
    "ws/chat/<path:room>",
    "ws/(a)/$",
]
REGEXES = ["", "ws/", "^ws/$", r"ws/chat/(?P<room>\\w+)/$", r"^ws/chat/(?P<room>\\w+)/", r"chat/", r"/$"]


@pytest.mark.parametrize("endpoint", [True, False])
@pytest.mark.parametrize("route", ROUTES)
def test_a_path_route_takes_what_django_lets_it_take(route: str, endpoint: bool) -> None:
    """A step leaves of each path what Django's pattern for path() leaves."""
    pattern, step = RoutePattern(route, is_endpoint=endpoint), Step(route, "path", endpoint=endpoint)
    assert [step.rest(path) for path in PATHS] == [(pattern.match(path) or [None])[0] for path in PATHS]


@pytest.mark.parametrize("endpoint", [True, False])
@pytest.mark.parametrize("route", REGEXES)
def test_a_regular_expression_takes_what_django_lets_it_take(route: str, endpoint: bool) -> None:
    """A step leaves of each path what Django's pattern for re_path() leaves."""
    pattern, step = RegexPattern(route, is_endpoint=endpoint), Step(route, "re_path", endpoint=endpoint)
    assert [step.rest(path) for path in PATHS] == [(pattern.match(path) or [None])[0] for path in PATHS]


def test_a_chain_hands_the_rest_on_without_its_first_slash() -> None:
    """A router in a router gets what the outer route left; an expression that is none takes nothing."""
    chain = Chain((Step("ws", "path", endpoint=False), Step("chat/<room>/", "path")), {})
    assert chain.matches("ws/chat/lobby/") and not chain.matches("chat/lobby/") and chain.text == "wschat/<room>/"
    assert Step("(", "re_path").rest("(") is None


def test_a_route_that_the_source_does_not_have_is_read_as_what_it_looks_like() -> None:
    """Signs of regular expressions outside angle brackets make it one."""
    assert step_of(Source({}), "ws/<str:room>/").kind == "path"
    assert step_of(Source({}), r"^ws/(?P<room>\w+)/$").kind == "re_path"


def test_every_home_has_its_name() -> None:
    """What an explanation says to import can be imported, as far as no settings are needed."""
    for name, module in HOMES.items():
        assert name in library_names(module) or hasattr(importlib.import_module(module), name), (name, module)


def test_libraries_are_looked_at_without_importing_them() -> None:
    """Modules and names of installed packages are known; of what is not installed, nothing."""
    assert "channels.generic.websocket" in library_modules("channels.generic")
    assert "URLRouter" in library_names("channels.routing")
    assert library_modules("no_such_package") == [] and library_names("channels.nothing") == ()


def test_modules_are_known_by_their_dotted_names_and_imports_are_followed() -> None:
    """Packages, relative imports and modules that are imported by name lead to files."""
    source = Source(
        {
            "chat/__init__.py": "",
            "chat/routing.py": "from . import consumers\nfrom .models import Message as M\n",
            "chat/consumers.py": "import json\ndef f():\n    from chat import late\n",
            "chat/late.py": "A = B = 1\nif A:\n    C: int = 2\n",
            "chat/models.py": "",
            "plain/thing.py": "",
        },
        Path("x"),
    )
    assert set(modules_of(source)) == {
        *("chat", "chat.routing", "chat.consumers", "chat.late", "chat.models", "plain", "plain.thing")
    }
    assert {to for _, to in imported(source, "chat/routing.py")} == {
        *("chat/__init__.py", "chat/consumers.py", "chat/models.py")
    }
    assert leads_to(source, "chat/routing.py", "chat/models.py")
    assert not leads_to(source, "chat/routing.py", "chat/late.py")
    assert set(names_in(source, "chat/late.py")) == {"A", "B", "C"}
    assert set(names_in(source, "chat/routing.py")) == {"consumers", "M"}


def test_the_nearest_name_differs_first_in_capitals() -> None:
    """A name that differs only in capitals is nearest; one that is far from all has none."""
    assert nearest("AsyncWebSocketConsumer", ["AsyncWebsocketConsumers", "AsyncWebsocketConsumer"]) == (
        "AsyncWebsocketConsumer"
    )
    assert nearest("consumer", ["consumers", "routing"]) == "consumers"
    assert nearest("x", ["routing"]) == "" == nearest("x", [])
