"""What is noted when connections enter layers: in a real server, and in this process."""

import asyncio
import inspect
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from channels.middleware import BaseMiddleware
from channels.routing import ProtocolTypeRouter, URLRouter
from channels.sessions import CookieMiddleware
from django.urls import path

from channels_lab.errors import LabError
from channels_lab.record.scopes import unwatch_layers, watch_layers
from tests import layered_project
from tests.live import Site

Noted = list[dict[str, Any]]


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """The project with every kind of layer."""
    return layered_project.write(tmp_path / "project")


def entered(site: Site, number: int = 1) -> list[tuple[Any, ...]]:
    """What was noted of a connection: the layers, and what was new or changed in the scope."""
    scopes = [event.details for event in site.recorded("scope") if event.connection == number]
    return [(scope["through"], scope["keys"], scope.get("changed", [])) for scope in scopes]


async def test_a_connection_through_all_layers(site: Site) -> None:
    """Each layer that is entered is recorded in order, with the keys that are new and those that were changed."""
    async with site.connect("/ws/chat/lobby/"):
        pass
    (first, given, _), *others = entered(site)
    assert first == "ProtocolTypeRouter" and {"type", "path", "headers", "client", "asgi"} <= set(given)
    assert others == [
        ("OriginValidator", [], []),
        ("Forgetful", [], []),
        ("CookieMiddleware", [], []),
        ("SessionMiddleware", ["cookies"], []),
        ("AuthMiddleware", ["session"], []),
        ("Token", ["user", "token"], ["user"]),
        ("URLRouter", ["plan"], []),
        ("URLRouter", ["path_remaining", "url_route"], []),
        ("URLRouter", [], ["path_remaining"]),
        ("ChatConsumer", [], ["path_remaining", "url_route"]),
    ]
    last = site.recorded("scope")[-1].details
    assert last["consumer"] is True and last["route"] == {"room": "lobby"}
    routers = [e.details["matches"] for e in site.recorded("scope") if e.details["through"] == "URLRouter"]
    assert routers == [[0, 1], [], [0]]
    assert not any(event.details["consumer"] for event in site.recorded("scope")[:-1])


async def test_once_for_a_connection(site: Site) -> None:
    """Messages add nothing, and unnamed groups of a route come as args."""
    async with site.connect("/odd/12/") as client:
        before = len(site.recorded("scope"))
        for word in ("one", "two"):
            await client.send(word)
            assert await client.receive() == word
    assert len(site.recorded("scope")) == before
    assert site.recorded("scope")[-1].details["args"] == ["12"]


async def test_what_denies_an_origin_is_no_consumer(site: Site) -> None:
    """A connection that an OriginValidator refuses enters its denier, which is not called a consumer."""
    with pytest.raises(LabError):
        await site.connect("/ws/chat/lobby/", origin="http://evil.example")
    assert entered(site)[1:] == [("OriginValidator", [], []), ("WebsocketDenier", [], [])]
    assert not any(event.details["consumer"] for event in site.recorded("scope"))


async def test_tracebacks_are_as_before(site: Site) -> None:
    """Neither a traceback nor the warning of a coroutine that was never awaited shows the recorder between layers."""
    with pytest.raises(LabError):
        await site.connect("/nowhere/")
    with pytest.raises(LabError):
        await site.connect("/ws/forgotten/")
    assert "No route found for path 'nowhere/'" in site.process.log
    assert "scopes.py" not in site.process.log
    [unawaited] = site.recorded("unawaited")
    assert unawaited.details["coroutine"] == "CookieMiddleware.__call__"


# In this process


@pytest.fixture
def noted() -> Iterator[Noted]:
    """What is noted; afterwards the layers are as they were."""
    told: Noted = []
    watch_layers(lambda kind, **details: told.append(details))
    yield told
    unwatch_layers()


async def leaf(scope: Any, receive: Any, send: Any) -> None:
    """An application that does nothing."""


async def drive(application: Any, scope: Any) -> None:
    """Call an application as a server does: in a task of its own."""

    async def call() -> None:
        await application(scope, None, None)

    await asyncio.create_task(call())


async def test_each_connection_begins_anew(noted: Noted) -> None:
    """The first layer of each connection has all keys."""
    application = ProtocolTypeRouter({"http": leaf})
    await drive(application, {"type": "http", "path": "/"})
    await drive(application, {"type": "http", "path": "/"})
    assert [details["keys"] for details in noted] == [["type", "path"]] * 2


async def test_the_newest_note_counts(noted: Noted) -> None:
    """Watching again replaces the note, and leaves one line for each layer."""
    newer: Noted = []
    watch_layers(lambda kind, **details: newer.append(details))
    await drive(ProtocolTypeRouter({"http": leaf}), {"type": "http"})
    assert (len(noted), len(newer)) == (0, 1)


async def test_it_comes_off_again(noted: Noted) -> None:
    """After unwatch_layers the classes have their own calls, and nothing is noted."""
    watched = ProtocolTypeRouter.__call__
    unwatch_layers()
    assert ProtocolTypeRouter.__call__ is not watched
    assert inspect.getsourcefile(ProtocolTypeRouter.__call__) == inspect.getsourcefile(ProtocolTypeRouter)
    await drive(ProtocolTypeRouter({"http": leaf}), {"type": "http"})
    assert noted == []


async def test_a_layer_is_still_a_coroutine_function(noted: Noted) -> None:
    """Who asks whether a layer must be awaited gets the same answer as before."""
    assert inspect.iscoroutinefunction(ProtocolTypeRouter({}).__call__)
    assert inspect.iscoroutinefunction(CookieMiddleware(leaf).__call__)


async def test_a_scope_in_place(noted: Noted) -> None:
    """Middleware that changes the scope itself, and makes no copy, is seen through."""

    class InPlace(BaseMiddleware):
        async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
            scope["path"] = "/other/"
            scope["mine"] = 1
            await super().__call__(scope, receive, send)

    await drive(ProtocolTypeRouter({"http": InPlace(leaf)}), {"type": "http", "path": "/"})
    assert noted[1] == {"through": "InPlace", "keys": ["mine"], "consumer": False, "changed": ["path"]}


HOSTILE = [{1: 2, None: 3, ("a",): 4}, {"x" * 10_000: 1, "url_route": 7}, {str(n): n for n in range(10_000)}, None, 7]


@pytest.mark.parametrize("scope", HOSTILE, ids=["keys", "route", "many", "none", "number"])
async def test_a_hostile_scope_does_no_harm(noted: Noted, scope: Any) -> None:
    """Whatever stands where the scope should be, the application does with it as it did, and little is noted."""

    async def outcome() -> Any:
        got = []

        async def last(scope: Any, receive: Any, send: Any) -> None:
            got.append(scope)

        try:
            await drive(BaseMiddleware(last), scope)
        except Exception as error:
            return repr(error)
        return got

    watched = await outcome()
    unwatch_layers()
    assert watched == await outcome()
    assert len(str(noted)) < 2000


async def test_a_note_that_fails_does_no_harm() -> None:
    """An error while noting is not the application's."""

    def fail(kind: str, **details: Any) -> None:
        raise OSError("disk full")

    watch_layers(fail)
    try:
        await drive(URLRouter([path("a/", leaf)]), {"type": "http", "path": "/a/"})
    finally:
        unwatch_layers()


async def test_converters_are_not_run_twice(noted: Noted) -> None:
    """The project's own code in a route is called by its router alone."""
    from django.urls import register_converter
    from django.urls.converters import REGISTERED_CONVERTERS, StringConverter, get_converters

    called = []

    class Counting(StringConverter):
        def to_python(self, value: str) -> str:
            called.append(value)
            return value

    register_converter(Counting, "counting")
    try:
        await drive(URLRouter([path("<counting:x>/", leaf)]), {"type": "http", "path": "/a/"})
    finally:
        del REGISTERED_CONVERTERS["counting"]
        get_converters.cache_clear()
    assert called == ["a"] and noted[0]["matches"] == [0]


def test_without_channels() -> None:
    """Where Channels is not installed, watching does nothing."""
    code = (
        "import sys; sys.modules.update(channels=None, django=None);"
        "from channels_lab.record.scopes import watch_layers; watch_layers(print)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, timeout=30)
    assert (done.returncode, done.stdout) == (0, b"")
