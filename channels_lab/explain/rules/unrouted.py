"""Rules about a path that no route of the running server is meant for."""

from channels_lab.explain.book import Said, rule
from channels_lab.explain.chains import chains_of
from channels_lab.explain.evidence import Evidence
from channels_lab.explain.missed import Missed, find_missed

__all__: list[str] = []

_ROUTER = "https://channels.readthedocs.io/en/stable/topics/routing.html#urlrouter"


@rule("route-elsewhere", page=_ROUTER)
def route_elsewhere(evidence: Evidence) -> Said | None:
    """A list that no URLRouter is given has the route."""
    missed = _missed(evidence, "elsewhere")
    if not missed or not missed.route:
        return None
    route = missed.route
    pages = route.holder == "urlpatterns"
    return Said(
        see=missed.see,
        why=f"There is a route `{route.text}` in `{route.holder}` of `{route.place.path}`, but no URLRouter is given "
        "that list." + (" `urlpatterns` are for pages." if pages else ""),
        change="Move the route to a list that `URLRouter(…)` gets."
        if pages
        else f"Give it to the router: `URLRouter(… + {route.holder})`, and import it in `{evidence.source.asgi_path}`.",
        place=route.place,
    )


@rule("route-newer", page="https://docs.djangoproject.com/en/stable/ref/django-admin/#runserver")
def route_newer(evidence: Evidence) -> Said | None:
    """The route was written after the server had started."""
    missed = _missed(evidence, "newer")
    if not missed or not missed.route:
        return None
    return Said(
        see=missed.see,
        why=f"The file has a route `{missed.route.text}` for it, and the running server has not: it read the file when "
        "it started, before that was written.",
        change="Start the server again: `server = await lab.daphne()`. In a terminal, `runserver` restarts by itself.",
        place=missed.route.place,
    )


@rule("no-route", page=_ROUTER)
def no_route(evidence: Evidence) -> Said | None:
    """No route is like the path, or none is meant."""
    missed = _missed(evidence, "none")
    if not missed:
        return None
    routes = [f"`{chain.text}`" for chain in missed.chains]
    more = f" and {len(routes) - 4} more" if len(routes) > 4 else ""
    return Said(
        see=missed.see,
        why="URLRouter tries its routes from first to last, and none takes this path. "
        + (f"It has {', '.join(routes[:4])}{more}." if routes else "Its list is empty."),
        change=f"The nearest is `{missed.chain.text}`: connect to such a path, or add a route for this one."
        if missed.chain
        else f'Add a route: `path("{missed.path}", YourConsumer.as_asgi())`.',
        place=missed.chain.place if missed.chain else None,
    )


@rule("socket-as-page", page="https://developer.mozilla.org/en-US/docs/Web/API/WebSocket/WebSocket")
def socket_as_page(evidence: Evidence) -> Said | None:
    """A page was asked for at the path of a WebSocket."""
    for connection in evidence.connections:
        answers = [event.get("status") for event in connection.sent("http.response.start")]
        asked = any(event.kind == "connect" for event in connection.client_events)
        if connection.type != "http" or 404 not in answers or asked:
            continue
        for chain in chains_of(evidence, connection.process):
            # A route that takes anything would take what browsers ask for by themselves, too.
            if chain.matches(connection.path.lstrip("/")) and not chain.matches("favicon.ico"):
                return Said(
                    see=f"`GET {connection.path}` was answered with 404, although there is a route for that path.",
                    why=f"The route `{chain.text}` is for WebSockets. This was a plain HTTP request (an address typed "
                    "into the browser, a link, `fetch()`), which goes to Django's pages, and they have no such path.",
                    change=f'Open it as a WebSocket: `new WebSocket("ws://…{connection.path}")` in JavaScript, '
                    f'`server.connect("{connection.path}")` here.',
                    place=chain.place,
                )
    return None


def _missed(evidence: Evidence, cause: str) -> Missed | None:
    missed = find_missed(evidence)
    return missed if missed and missed.cause == cause else None
