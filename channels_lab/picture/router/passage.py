"""A passage: the way that one connection took through the routing tree, and what each layer put into its scope."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from channels_lab.picture.router.finder import LIBRARIES, Finder, Node, Place, node_at
from channels_lab.record.events import Event

__all__ = ["Passage"]

_MOST_LAYERS = 100
# What the layers of Channels put into the scope: of what is new below them, this is their work.
_PUTS = {
    "URLRouter": ("path_remaining", "url_route"),
    "CookieMiddleware": ("cookies",),
    "SessionMiddleware": ("session",),
    "AuthMiddleware": ("user",),
}


@dataclass
class Passage:
    """One connection's way: `way` leads from the root to where it ended; `tried` are routers that had no route for it.

    `given` are the keys of the scope that the server made. `notes` say what happened at a place ("+ user", "room =
    'lobby'", "accepted"); `end` is what stopped the connection at the end of its way, "" where nothing did. `elsewhere`
    are layers and consumers that it entered, and that are not in the tree.
    """

    way: list[Place] = field(default_factory=list)
    tried: list[Place] = field(default_factory=list)
    given: list[str] = field(default_factory=list)
    notes: dict[Place, list[str]] = field(default_factory=dict)
    end: str = ""
    elsewhere: list[str] = field(default_factory=list)

    @classmethod
    def of(cls, tree: Node, events: Sequence[Event]) -> "Passage":
        """The passage of a connection: `events` are its own in the record, the first is its `open`."""
        opening = events[0].details
        finder, passage = Finder(tree, opening), cls()
        scopes = [event.details for event in events if event.kind == "scope"][:_MOST_LAYERS]
        for details in scopes:
            if details["through"] == "WebsocketDenier":
                passage.end = f"refused, HTTP 403: {_origin(opening)} is not allowed"
            elif not finder.enter(details):
                passage.elsewhere.append(details["through"])
        passage.given = scopes[0]["keys"] if scopes else []
        for at, note in _changes(tree, finder.entered):
            passage.notes.setdefault(at, []).append(note)
        place = finder.entered[-1][0] if finder.entered else ()
        if not passage.end:
            state, refused = _state(events)
            answered = bool(state and not refused)
            failure = _failure(events, arrived=answered or bool(scopes and scopes[-1]["consumer"]))
            to_the_end = bool(passage.elsewhere) or (answered and not failure)
            place, unsure = finder.last(failed=bool(failure), answered=to_the_end)
            if "No route found for path" in failure:
                place, unsure = _outermost_router(tree, place), False  # the others only handed the path back to it
            if answered:
                passage.notes.setdefault(place, []).append(state)
            passage.end = failure or (state if refused else "")
            passage.end += " (here or below)" if passage.end and unsure else ""
        passage.way = [place[:length] for length in range(len(place) + 1)]
        seen = {entered[:length] for entered, _ in finder.entered for length in range(len(entered) + 1)}
        passage.tried = sorted(seen - set(passage.way))
        return passage


def _changes(tree: Node, entered: list[tuple[Place, dict[str, Any]]]) -> Iterator[tuple[Place, str]]:
    """Who put what into the scope, told from what was new in it at the next layer that was noted."""
    for (before, known), (place, details) in pairwise(entered):
        shared = next((n for n, (a, b) in enumerate(zip(before, place, strict=False)) if a != b), len(before))
        between = [node_at(tree, place[:length]) for length in range(shared + 1, len(place) + 1)]
        own = [
            (place[: shared + 1 + number], node["layer"])
            for number, node in enumerate(between)
            if not node["module"].startswith(LIBRARIES) and not node.get("consumer")
        ]
        layer = node_at(tree, before)["layer"]
        puts = _PUTS.get(layer, ())
        if mine := [key for key in details["keys"] if key in puts]:
            yield before, f"+ {', '.join(mine)}"
        if arguments := _arguments(known, details):
            yield before, arguments
        by, doubt = (own[-1][0], "".join(f" (or {name} did)" for _, name in own[:-1])) if own else (before, "")
        if others := [key for key in details["keys"] if key not in puts]:
            yield by, f"+ {', '.join(others)}{doubt}"
        # A URLRouter in another changes what that has put there; it is told as arguments.
        if changed := [key for key in details.get("changed", ()) if layer != "URLRouter" or key not in puts]:
            yield by, f"changed {', '.join(changed)}{doubt}"


def _arguments(known: dict[str, Any], details: dict[str, Any]) -> str:
    """What a URLRouter has found in the path, beyond what was known."""
    named = {k: v for k, v in details.get("route", {}).items() if k not in known.get("route", {})}
    plain = details.get("args", [])[len(known.get("args", [])) :]
    return ", ".join([*(repr(value) for value in plain), *(f"{name} = {value!r}" for name, value in named.items())])


def _outermost_router(tree: Node, place: Place) -> Place:
    above = (place[:length] for length in range(len(place)))
    return next((router for router in above if node_at(tree, router)["layer"] == "URLRouter"), place)


def _failure(events: Sequence[Event], arrived: bool) -> str:
    """What went wrong with a connection; what is forgotten where it has `arrived` does not end its way."""
    for event in events:
        if event.kind == "error":
            return str(event.details["error"])
        if event.kind == "unawaited" and not arrived:
            return f"{event.details['coroutine']}() was never awaited"
    return ""


def _state(events: Sequence[Event]) -> tuple[str, bool]:
    """How a connection was answered, and whether that was a refusal."""
    for event in events:
        sent = event.details["event"] if event.kind == "send" else {}
        if sent.get("type") == "websocket.accept":
            return "accepted", False
        if sent.get("type") == "websocket.close":
            return "refused, HTTP 403", True
        if sent.get("type") in ("http.response.start", "websocket.http.response.start"):
            refused = sent["type"].startswith("websocket")
            return f"{'refused' if refused else 'answered'}, HTTP {sent.get('status')}", refused
    return "", False


def _origin(opening: dict[str, Any]) -> str:
    return f"the origin {opening['origin']}" if opening.get("origin") else "a client that names no origin"
