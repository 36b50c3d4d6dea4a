"""The way of one connection through a tree, from what its record holds."""

from typing import Any

import pytest

from channels_lab.picture.router.passage import Passage
from channels_lab.record.events import Event

Node = dict[str, Any]


def node(layer: str, *branches: tuple[str, Node], module: str = "channels.x", **more: Any) -> Node:
    """A node of a tree; those of Channels are noted when they are entered."""
    return {"layer": layer, "module": module, "branches": [list(branch) for branch in branches], **more}


def own(layer: str, *inner: Node) -> Node:
    """A layer of the project's own, which is not noted."""
    return node(layer, *(("", one) for one in inner), module="chat.layers")


def consumer(name: str) -> Node:
    """A consumer."""
    return node(name, module="chat.consumers", consumer=True)


def wrapped(*layers: str, inner: Node) -> Node:
    """Layers of Channels around an application."""
    for layer in reversed(layers):
        inner = node(layer, ("", inner))
    return inner


def passage(tree: Node, *scopes: tuple[str, str], more: tuple[Event, ...] = (), **opening: Any) -> Passage:
    """The passage of a WebSocket; of each layer that was noted, its name and the keys that were new."""
    opened = {"type": "websocket", "path": "/", "channel": "", "origin": None} | opening
    events = [Event(0, "server", "open", 1, "main", opened)]
    for name, keys in scopes:
        events.append(scope(name, keys))
    return Passage.of(tree, [*events, *more])


def scope(name: str, keys: str = "", **more: Any) -> Event:
    """A layer that was entered; a consumer is one by its name."""
    details = {"through": name, "keys": keys.split(), "consumer": name.endswith("Consumer"), **more}
    return Event(1, "server", "scope", 1, "main", details)


def sent(kind: str, **more: Any) -> Event:
    """An event that the application sent."""
    return Event(2, "server", "send", 1, "main", {"event": {"type": kind, **more}})


def error(text: str) -> Event:
    """The application raised."""
    return Event(2, "server", "error", 1, "main", {"error": text, "frames": []})


ACCEPT, CLOSE = sent("websocket.accept"), sent("websocket.close")


def test_middleware_of_channels() -> None:
    """What is new at a layer was put there by the one before it; what the server gave is not counted to any."""
    tree = wrapped("CookieMiddleware", "SessionMiddleware", "AuthMiddleware", inner=consumer("ChatConsumer"))
    way = passage(
        tree,
        *(("CookieMiddleware", "type path"), ("SessionMiddleware", "cookies"), ("AuthMiddleware", "session")),
        ("ChatConsumer", "user"),
        more=(ACCEPT,),
    )
    assert way.given == ["type", "path"]
    assert way.way == [(), (0,), (0, 0), (0, 0, 0)]
    assert way.notes == {(): ["+ cookies"], (0,): ["+ session"], (0, 0): ["+ user"], (0, 0, 0): ["accepted"]}
    assert (way.end, way.tried, way.elsewhere) == ("", [], [])


def test_middleware_that_is_not_noted() -> None:
    """Keys that came in between are told of the layer in between, and of several it is said who else may have."""
    one = wrapped("AuthMiddleware", inner=own("Token", consumer("ChatConsumer")))
    noted = (("AuthMiddleware", ""), ("ChatConsumer", "user token"))
    assert passage(one, *noted).notes == {(): ["+ user"], (0,): ["+ token"]}
    two = wrapped("AuthMiddleware", inner=own("Token", own("Plan", consumer("ChatConsumer"))))
    assert passage(two, *noted).notes == {(): ["+ user"], (0, 0): ["+ token (or Token did)"]}


def test_own_middleware_that_is_noted() -> None:
    """Middleware that is noted when it calls super() has added what is new there itself."""
    tree = wrapped("AuthMiddleware", inner=own("Token", consumer("ChatConsumer")))
    events = (scope("AuthMiddleware"), scope("Token", "user token", changed=["user"]), scope("ChatConsumer"))
    assert passage(tree, more=events).notes == {(): ["+ user"], (0,): ["+ token", "changed user"]}


def test_keys_without_an_owner() -> None:
    """Keys that nothing in the tree accounts for are told of the layer before."""
    tree = wrapped("BaseMiddleware", inner=consumer("ChatConsumer"))
    assert passage(tree, ("BaseMiddleware", ""), ("ChatConsumer", "mine")).notes == {(): ["+ mine"]}


ROUTER = node(
    "URLRouter",
    ("ws/", node("URLRouter", ("a/", consumer("AConsumer")))),
    ("ws/", node("URLRouter", ("<x>/", consumer("BConsumer")), ("c/", consumer("BConsumer")))),
)


def test_routes() -> None:
    """Of routes to the same consumer the one that fits is taken, and what was found in the path is told."""
    events = (
        scope("URLRouter", matches=[1]),
        scope("URLRouter", "path_remaining url_route", matches=[1]),
        scope("BConsumer", changed=["path_remaining", "url_route"], route={"x": "c", "n": 7}, args=["é"]),
    )
    way = passage(ROUTER, more=events)
    assert way.way[-1] == (1, 1)
    assert way.notes == {(): ["+ path_remaining, url_route"], (1,): ["'é', x = 'c', n = 7"]}


def test_a_router_that_finds_nothing_hands_back() -> None:
    """A router that had no route was tried, and the way goes on through the next one."""
    events = (scope("URLRouter", matches=[0, 1]), scope("URLRouter", matches=[]), scope("URLRouter", matches=[0]))
    way = passage(ROUTER, more=(*events, scope("BConsumer"), ACCEPT))
    assert way.way == [(), (1,), (1, 0)]
    assert way.tried == [(0,)]


def test_no_route() -> None:
    """Where no router has a route, the way ends at the outermost, and the others were tried."""
    text = "ValueError: No route found for path 'ws/x'."
    events = (scope("URLRouter", matches=[0, 1]), scope("URLRouter", matches=[]), scope("URLRouter", matches=[]))
    way = passage(wrapped("CookieMiddleware", inner=ROUTER), more=(scope("CookieMiddleware"), *events, error(text)))
    assert (way.way, way.tried, way.end) == ([(), (0,)], [(0, 0), (0, 1)], text)


def test_a_denied_origin() -> None:
    """A refused origin ends the way at the validator, which says whose it was."""
    tree = wrapped("OriginValidator", inner=consumer("ChatConsumer"))
    noted = (("OriginValidator", ""), ("WebsocketDenier", ""))
    way = passage(tree, *noted, more=(CLOSE,), origin="http://evil.example")
    assert way.way == [()]
    assert way.end == "refused, HTTP 403: the origin http://evil.example is not allowed"
    assert passage(tree, *noted).end == "refused, HTTP 403: a client that names no origin is not allowed"


TYPES = node(
    "ProtocolTypeRouter",
    ("http", node("ASGIHandler", module="django.x", django=True)),
    ("websocket", own("echo")),
    ("channel", node("ChannelNameRouter", ("mail", consumer("MailConsumer")), ("post", consumer("MailConsumer")))),
)


@pytest.mark.parametrize(
    ("opening", "scopes", "end"),
    [
        ({"type": "http"}, ["ProtocolTypeRouter", "ASGIHandler"], (0,)),
        ({"type": "websocket"}, ["ProtocolTypeRouter"], (1,)),
        (
            {"type": "channel", "channel": "post"},
            ["ProtocolTypeRouter", "ChannelNameRouter", "MailConsumer"],
            (2, 1),
        ),
        ({"type": "sip"}, ["ProtocolTypeRouter"], ()),
    ],
)
def test_by_type_and_channel(opening: dict[str, Any], scopes: list[str], end: tuple[int, ...]) -> None:
    """Routers by type and by channel lead to the branch of that name, and on to an application that is not noted."""
    assert passage(TYPES, *((name, "") for name in scopes), **opening).way[-1] == end


@pytest.mark.parametrize(
    ("more", "note", "end"),
    [
        ((ACCEPT,), "accepted", ""),
        ((ACCEPT, CLOSE), "accepted", ""),
        ((CLOSE,), "", "refused, HTTP 403"),
        ((sent("websocket.http.response.start", status=401),), "", "refused, HTTP 401"),
        ((sent("http.response.start", status=404),), "answered, HTTP 404", ""),
        ((ACCEPT, error("KeyError: 'x'")), "accepted", "KeyError: 'x'"),
        ((), "", ""),
    ],
)
def test_how_a_consumer_answered(more: tuple[Event, ...], note: str, end: str) -> None:
    """At the consumer stands whether it accepted, and behind it what ended the connection."""
    way = passage(consumer("ChatConsumer"), ("ChatConsumer", ""), more=more)
    assert (way.notes.get((), [""])[-1], way.end) == (note, end)


@pytest.mark.parametrize(
    ("tree", "more", "last", "end"),
    [
        (own("Plan", consumer("ChatConsumer")), CLOSE, (0,), "refused, HTTP 403"),
        (own("A", own("B", consumer("ChatConsumer"))), CLOSE, (0,), "refused, HTTP 403 (here or below)"),
        (own("A", own("B", own("echo"))), ACCEPT, (0, 0, 0), ""),
        (own("A", own("B", own("echo"))), error("KeyError: 1"), (0,), "KeyError: 1 (here or below)"),
        (
            node("Silent", module="chat.consumers", consumer=True, **{"class": True}),
            error("TypeError: 2"),
            (0,),
            "TypeError: 2",
        ),
    ],
    ids=["refused", "refused by one of two", "answered", "failed", "a class"],
)
def test_an_end_that_is_not_noted(tree: Node, more: Event, last: tuple[int, ...], end: str) -> None:
    """A way that ends in layers that are not noted ends as far down as is certain."""
    way = passage(wrapped("CookieMiddleware", inner=tree), ("CookieMiddleware", ""), more=(more,))
    assert (way.way[-1], way.end) == (last, end)


def test_layers_that_fail_themselves() -> None:
    """An error in the session's or user's layer ends the way there, although one below is not noted."""
    tree = wrapped("AuthMiddleware", inner=own("Token", consumer("ChatConsumer")))
    way = passage(tree, ("AuthMiddleware", ""), more=(error("OperationalError: no such table"),))
    assert (way.way, way.end) == ([()], "OperationalError: no such table")


def test_a_layer_that_was_not_awaited() -> None:
    """Where the next layer was called and not awaited, that is what ended the way; within a consumer it is not."""
    forgotten = Event(2, "server", "unawaited", 1, "main", {"coroutine": "URLRouter.__call__", "file": "", "line": 1})
    tree = own("Forgetful", ROUTER)
    way = passage(tree, ("URLRouter", ""), more=(forgotten, CLOSE))
    assert way.end == "URLRouter.__call__() was never awaited"
    assert passage(consumer("ChatConsumer"), ("ChatConsumer", ""), more=(forgotten, ACCEPT)).end == ""


def test_what_is_not_in_the_tree() -> None:
    """Layers that the tree does not know, behind a router of one's own, are named."""
    way = passage(TYPES, ("ProtocolTypeRouter", "type"), ("HiddenConsumer", "mine"), more=(ACCEPT,))
    assert (way.way[-1], way.elsewhere, way.given) == ((1,), ["HiddenConsumer"], ["type"])


def test_no_layer_was_noted() -> None:
    """An application that is one function was reached, whatever it did."""
    way = passage(own("echo"), more=(ACCEPT,))
    assert (way.way, way.notes, way.given) == ([()], {(): ["accepted"]}, [])


def test_a_layer_that_is_entered_for_ever() -> None:
    """Of a layer that calls itself a hundred times are enough."""
    tree = node("BaseMiddleware", ("", node("BaseMiddleware", again=True)))
    way = passage(tree, *[("BaseMiddleware", "")] * 500)
    assert len(way.elsewhere) == 98
