"""Rules about what routers are made of: lists of routes, and routes that Django can read."""

from channels_lab.explain.book import Said, rule
from channels_lab.explain.evidence import Evidence

__all__: list[str] = []

_ROUTER = "https://channels.readthedocs.io/en/stable/topics/routing.html#urlrouter"
_PATHS = "https://docs.djangoproject.com/en/stable/ref/urls/#path"


@rule("include-in-router", page=_ROUTER)
def include_in_router(evidence: Evidence) -> Said | None:
    """`include()` in the routes of a URLRouter."""
    raised = evidence.raised(r"include\(\) is not supported in URLRouter")
    if not raised:
        return None
    places = [call.place for call in evidence.source.calls("include") if not call.place.path.endswith("urls.py")]
    return Said(
        see="`ImproperlyConfigured: … include() is not supported in URLRouter`; the server did not start.",
        why="`include()` belongs to Django's own resolver of pages. A URLRouter takes routes that lead to "
        "applications, and another URLRouter is one.",
        change='Write `path("…/", URLRouter(the_other_list))`, or put the lists together: `URLRouter(one + other)`.',
        place=places[0] if places else raised.place,
    )


@rule("list-for-router", page=_ROUTER)
def list_for_router(evidence: Evidence) -> Said | None:
    """The list of routes stands where a router should."""
    raised = evidence.raised(r"'(list|tuple)' object is not callable")
    if not raised or not raised.connection or raised.place:
        return None
    source = evidence.source
    for route in source.routes():
        given = [one.place for one in source.references(route.holder, source.asgi_path)] if route.holder else []
        if given and not route.routed:
            return Said(
                see=f"`{raised.text}`; the handshake got a 500.",
                why=f"`{route.holder}` is a list of routes. An application has to look the path up in it: a "
                "URLRouter does that, and a list cannot.",
                change=f"Write `URLRouter({route.holder})`.",
                place=given[-1],
            )
    return None


@rule("routes-no-list", page=_ROUTER)
def routes_no_list(evidence: Evidence) -> Said | None:
    """A URLRouter was given one route, or a list in a list."""
    raised = evidence.raised(
        r"'URLPattern' object is not iterable|'(?:list|tuple)' object has no attribute 'callback'"
        r"|URLRouter.__init__\(\) takes 2"
    )
    if not raised or not raised.place:
        return None
    if "URLRouter.__init__" in raised.text:
        why, change = "It was given several arguments.", "Put the routes into one list: `URLRouter([one, other])`."
    elif "iterable" in raised.text:
        why, change = "It was given one route alone.", "Put brackets around the route: `URLRouter([path(…)])`."
    else:
        why = "There is another list in the list."
        change = "Take the inner brackets off, or add the lists: `URLRouter(one + other)`."
    return Said(
        see=f"`{raised.text}`; the server did not start.",
        why=f"A URLRouter takes one list of `path()` and `re_path()`. {why}",
        change=change,
        place=raised.place,
    )


@rule("route-not-valid", page=_PATHS)
def route_not_valid(evidence: Evidence) -> Said | None:
    """Django cannot read the route."""
    raised = evidence.raised(
        r"URL route '(.+)' (cannot contain whitespace|uses invalid converter|uses parameter name)"
        r"|\"(.+)\" is not a valid regular expression: (.+)"
    )
    if not raised:
        return None
    route = raised.match[1] or raised.match[3]
    change = {
        "cannot contain whitespace": "Write it without a space: `<str:room>`.",
        "uses invalid converter": "Before the colon stands `str`, `int`, `slug`, `uuid` or `path`: `<str:room>`.",
        "uses parameter name": "Use letters, digits and underscores, as for a variable: `<room_name>`.",
        None: f"Mend the expression (Python says: {raised.match[4]}), or write a `path()`.",
    }[raised.match[2]]
    places = [r.place for r in evidence.source.routes() if r.text == route]
    return Said(
        see=f"`{raised.text.rpartition('ImproperlyConfigured: ')[2]}`",
        why='A part in angle brackets is `<converter:name>`; the name becomes a key of `scope["url_route"]["kwargs"]`.'
        if raised.match[1]
        else "`re_path()` takes a regular expression; Django compiles it when the first path comes.",
        change=change,
        place=places[0] if places else raised.place,
    )
