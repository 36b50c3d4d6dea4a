"""Rules about what a route leads to: a consumer's class, a consumer made by hand, a view."""

import re

from channels_lab.explain.book import Said, rule
from channels_lab.explain.chains import nodes_of, tree_of
from channels_lab.explain.connections import Connection
from channels_lab.explain.evidence import Evidence
from channels_lab.explain.names import modules_of
from channels_lab.explain.outcome import outcome
from channels_lab.explain.place import Place
from channels_lab.explain.source import Source

__all__: list[str] = []

_ROUTING = "https://channels.readthedocs.io/en/stable/topics/routing.html"
_ROUTER = f"{_ROUTING}#urlrouter"
_NO_AS_ASGI = (
    r"object (\w+) can't be used in 'await' expression"
    r"|TypeError: (\w+)(?:\.__init__)?\(\) takes (?:no|\d+) (?:positional )?argument"
)


@rule("no-as-asgi", page=_ROUTING)
def no_as_asgi(evidence: Evidence) -> Said | None:
    """A consumer's class stands where an application should."""
    raised = evidence.raised(_NO_AS_ASGI)
    name = (raised.match[1] or raised.match[2]) if raised else ""
    if not raised or not any(node.get("class") and node.get("layer") == name for node in _nodes(evidence)):
        return None
    return Said(
        see=f"`{raised.text}`; {outcome(evidence, raised)}.",
        why=f"A router calls what it is given with `scope`, `receive`, `send`. `{name}` is the class: calling it makes "
        f"a consumer, and runs none. `{name}.as_asgi()` is the application: it makes a consumer for each connection.",
        change=f"Write `{name}.as_asgi()`.",
        place=_mention(evidence.source, name),
    )


@rule("as-asgi-not-called", page=_ROUTING)
def as_asgi_not_called(evidence: Evidence) -> Said | None:
    """`as_asgi` without parentheses."""
    raised = evidence.raised(r"as_asgi\(\) takes 1 positional argument but 4 were given")
    if not raised:
        return None
    mentions = [one.place for one in evidence.source.references("as_asgi")]
    return Said(
        see=f"`{raised.text}`; {outcome(evidence, raised)}.",
        why="`as_asgi` without parentheses is the method that makes the application. The router called that method, "
        "with `scope`, `receive` and `send`, as if it were the application.",
        change="Write `.as_asgi()`, with parentheses.",
        place=mentions[0] if mentions else None,
    )


@rule("one-consumer-for-all", page=_ROUTING)
def one_consumer_for_all(evidence: Evidence) -> Said | None:
    """Connections at the same time share one consumer, that was made by hand."""
    made = {str(node.get("layer")) for node in _nodes(evidence) if node.get("instance")}
    for name in made:
        served = [one for one in evidence.connections if one.consumer == name]
        if any(_overlap(one, other) for one in served for other in served if one is not other):
            calls = [call.place for call in evidence.source.calls(name)]
            return Said(
                see=f"Several connections at once are served by one and the same `{name}`: what is sent to one client "
                "arrives at another.",
                why=f"`{name}()` in the routes makes one consumer, once, for all. Each new connection puts its own "
                "`scope` and `send` into it, in place of those of the connection before.",
                change=f"Write `{name}.as_asgi()`: it makes a new consumer for each connection.",
                place=calls[0] if calls else None,
            )
    return None


@rule("view-in-router", page=_ROUTER)
def view_in_router(evidence: Evidence) -> Said | None:
    """A Django view stands where an ASGI application should."""
    raised = evidence.raised(
        r"(\w+)\(\) (?:takes \d+ positional arguments? but 3 were given|missing \d+ required)"
        r"|'dict' object has no attribute '(?:method|user|META|GET|POST|session|headers|path)'"
    )
    if not raised or not raised.connection:
        return None
    modules = modules_of(evidence.source)
    for node in _nodes(evidence):
        plain = not (node.get("branches") or node.get("consumer") or node.get("class"))
        name = str(node.get("layer")).partition(".")[0]
        if plain and node.get("module") in modules and raised.match[1] in (None, name):
            wanted = r"\.as_view\(" if name == "View" else rf"\b{name}\b"
            routes = [route for route in evidence.source.routes() if re.search(wanted, route.target)]
            return Said(
                see=f"`{raised.text}`; the handshake got a 500.",
                why=f"`{routes[0].target if routes else name}` is a view: Django calls it with a request, for a page. "
                "A URLRouter calls what its routes lead to with `scope`, `receive`, `send`.",
                change="Let the route lead to a consumer, `YourConsumer.as_asgi()`. A route to a view belongs in "
                "`urlpatterns`, for pages.",
                place=routes[0].place if routes else None,
            )
    return None


def _nodes(evidence: Evidence) -> list[dict[str, object]]:
    """The nodes of the routing trees of all processes."""
    return [node for name in evidence.commands or {"": ""} for node in nodes_of(tree_of(evidence, name))]


def _overlap(one: Connection, other: Connection) -> bool:
    """Whether `other` came while `one` was open."""
    return one.process == other.process and one.events[0].t < other.events[0].t < one.events[-1].t


def _mention(source: Source, name: str) -> Place | None:
    """Where a consumer's class is handed to a router."""
    routes = [r.place for r in source.routes() if r.target_kind == "class" and r.target.rpartition(".")[2] == name]
    mentions = [one.place for one in source.references(name, source.asgi_path)] if not routes else []
    return next(iter(routes + mentions), None)
