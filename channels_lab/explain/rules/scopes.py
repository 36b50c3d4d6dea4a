"""Rules about what consumers read: the scope, the values of the route, a message of the layer."""

from channels_lab.explain.book import Said, rule
from channels_lab.explain.connections import Connection
from channels_lab.explain.evidence import Evidence, Raised
from channels_lab.explain.lookup import Lookup, function_at, lookups

__all__: list[str] = []

_ROUTER = "https://channels.readthedocs.io/en/stable/topics/routing.html#urlrouter"
_GROUPS = "https://channels.readthedocs.io/en/stable/topics/channel_layers.html#what-to-send-over-the-channel-layer"
_ASGI = "https://asgi.readthedocs.io/en/latest/specs/www.html#websocket-connection-scope"
_KEY = r"KeyError: '(.+)'"
_KWARGS = ("self.scope['url_route']['kwargs']", "scope['url_route']['kwargs']")
_QUERY = "scope['query_string']"
_HEADERS = "scope['headers']"


def _missing(evidence: Evidence) -> tuple[Raised, list[Lookup]] | None:
    """A KeyError, and the lookups of that key in its line."""
    raised = evidence.raised(_KEY)
    found = lookups(evidence.source, raised.place, raised.match[1]) if raised else []
    return (raised, found) if raised and found else None


def _after(raised: Raised, connection: Connection | None) -> str:
    end = "the connection closed with code 1011" if connection and connection.accepted else "the handshake got HTTP 500"
    return f"`{raised.text}`; {end}."


@rule("url-kwarg", page=_ROUTER)
def url_kwarg(evidence: Evidence) -> Said | None:
    """The consumer asks for a value of the route by another name than the route gives it."""
    missing = _missing(evidence)
    if not missing or all(one.owner not in _KWARGS for one in missing[1]):
        return None
    raised, key = missing[0], missing[0].match[1]
    connection = evidence.connection_of(raised)
    found = [e.details.get("route") for e in connection.of("scope")] if connection else []
    names = list(next((one for one in reversed(found) if isinstance(one, dict)), {}))
    routes = [one for one in evidence.source.routes() if names and all(name in one.text for name in names)]
    where = f" (`{routes[0].text}`, {routes[0].place.path}:{routes[0].place.line})" if routes else ""
    if names:
        why = f"The route that led here{where} names its values {', '.join(f'`{one}`' for one in names)}, not `{key}`."
        part = f"(?P<{key}>…)" if routes and routes[0].kind == "re_path" else f"<str:{key}>"
        change = f'Read `self.scope["url_route"]["kwargs"]["{names[0]}"]`, or rename it in the route: `{part}`.'
    else:
        why = f"The route that led here takes no value out of the path, so there is no `{key}`."
        change = f"Write it into the route: `<str:{key}>` in `path(…)`, `(?P<{key}>[^/]+)` in `re_path(…)`."
    return Said(_after(raised, connection), why, change, raised.place)


@rule("no-url-route", page=_ROUTER)
def no_url_route(evidence: Evidence) -> Said | None:
    """No URLRouter stands before the consumer."""
    missing = _missing(evidence)
    connection = evidence.connection_of(missing[0]) if missing else None
    if not missing or missing[0].match[1] != "url_route" or not connection or "URLRouter" in connection.through:
        return None
    name = connection.consumer
    return Said(
        see=_after(missing[0], connection),
        why="`url_route` is put into the scope by a `URLRouter`, with the values that it found in the path. The "
        f"connection went through {' → '.join(connection.through)}, and no `URLRouter` is among them.",
        change=f"Put a `URLRouter` before the consumer in {evidence.source.asgi_path or 'asgi.py'}: "
        f'`URLRouter([path("ws/chat/<str:room>/", {name}.as_asgi())])`.',
        place=missing[0].place,
    )


@rule("event-without-key", page=_GROUPS)
def event_without_key(evidence: Evidence) -> Said | None:
    """A handler reads a key that the sender did not put into the message."""
    missing = _missing(evidence)
    if not missing:
        return None
    raised, found = missing
    key = raised.match[1]
    function = function_at(evidence.source, raised.place)
    argument = function.args.args[1].arg if function and len(function.args.args) > 1 else ""
    if not function or all(one.owner != argument for one in found):
        return None
    for event in reversed(evidence.layer("receive")):
        message = event.details.get("message")
        if not isinstance(message, dict) or str(message.get("type", "")).replace(".", "_") != function.name:
            continue
        if key in message:
            return None
        sent = evidence.source.strings(str(message["type"]))
        where = f" It is sent in {sent[0].path}:{sent[0].line}." if sent else ""
        return Said(
            see=f"`{raised.text}` in the handler `{function.name}`; the connection closed with code 1011.",
            why=f"The message that came from the layer has only {', '.join(f'`{one}`' for one in message)}.{where} "
            "A handler gets what the sender wrote, and nothing else.",
            change=f'Use one name on both sides: send `"{key}": …`, or read a key that is there.',
            place=raised.place,
        )
    return None


@rule("query-string-is-bytes", page=_ASGI)
def query_string_is_bytes(evidence: Evidence) -> Said | None:
    """The query string is used as a text, or as a dict."""
    raised = evidence.raised(
        r"KeyError: '.+'|a bytes-like object is required, not 'str'|byte indices must be integers|"
        r"'bytes' object has no attribute|argument should be integer or bytes-like object"
    )
    owners = [one.owner for one in lookups(evidence.source, raised.place)] if raised else []
    if not raised or not any(_QUERY in owner and "decode(" not in owner and "str(" not in owner for owner in owners):
        return None
    return Said(
        see=_after(raised, evidence.connection_of(raised)),
        why='`scope["query_string"]` is what stood after the `?`, as bytes and undecoded: '
        '`b"token=abc"`. What is made of bytes has bytes as keys, too.',
        change='Decode, then parse: `parse_qs(self.scope["query_string"].decode())` gives a dict of lists; '
        "`parse_qs` is in `urllib.parse`.",
        place=raised.place,
    )


@rule("headers-are-pairs", page=_ASGI)
def headers_are_pairs(evidence: Evidence) -> Said | None:
    """The headers are used as a dict of texts."""
    raised = evidence.raised(r"list indices must be integers|'list' object has no attribute '\w+'|KeyError: '.+'")
    owners = [one.owner for one in lookups(evidence.source, raised.place)] if raised else []
    wrong = [owner for owner in owners if owner.endswith((_HEADERS, f"{_HEADERS})"))]
    if not raised or not wrong:
        return None
    return Said(
        see=_after(raised, evidence.connection_of(raised)),
        why='`scope["headers"]` is a list of pairs of bytes, names in small letters: `[(b"origin", b"http://…"), …]`. '
        "A header may come twice, so it is no dict.",
        change='Write `headers = dict(self.scope["headers"])`, then `headers.get(b"origin", b"").decode()`. '
        'For cookies, `CookieMiddleware` gives `scope["cookies"]`.',
        place=raised.place,
    )
