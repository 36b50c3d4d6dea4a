"""Rules about handshakes that are refused: by the Origin, or by what comes before `accept()`."""

from urllib.parse import urlsplit

from channels_lab.explain.book import Said, rule
from channels_lab.explain.calls import Call
from channels_lab.explain.connections import Connection
from channels_lab.explain.evidence import Evidence
from channels_lab.explain.literal import NOT_LITERAL

__all__: list[str] = []

_SECURITY = "https://channels.readthedocs.io/en/stable/topics/security.html#websockets"
_WEBSOCKET = "https://channels.readthedocs.io/en/stable/topics/consumers.html#websocketconsumer"
_SUBPROTOCOLS = "https://asgi.readthedocs.io/en/latest/specs/www.html#accept-send-event"
# What an OriginValidator hands a connection to that it refuses.
_DENIER = "WebsocketDenier"


def _denied(evidence: Evidence) -> list[Connection]:
    """The connections that an OriginValidator refused."""
    return [one for one in evidence.connections if one.type == "websocket" and one.through[-1:] == [_DENIER]]


def _validators(evidence: Evidence) -> list[Call]:
    return evidence.source.calls("AllowedHostsOriginValidator") + evidence.source.calls("OriginValidator")


@rule("origin-missing", page=_SECURITY)
def origin_missing(evidence: Evidence) -> Said | None:
    """A client that is no browser sent no Origin."""
    denied = [one for one in _denied(evidence) if one.details.get("origin") is None]
    if not denied:
        return None
    host = denied[0].details.get("host") or "127.0.0.1:8000"
    calls = evidence.cell_source.calls("connect") or _validators(evidence)
    return Said(
        see="HTTP 403, and in Daphne's log only `WSREJECT`; no consumer was reached.",
        why="The client sent no `Origin` header. Browsers always send one, the page's address, and the origin "
        "validator in front of your routes lets nobody in without it.",
        change=f'Let the client send one. With `websockets`: `connect(uri, origin="http://{host}")`; '
        "the lab's `server.connect(…)` does it unless told `origin=None`.",
        place=calls[0].place if calls else None,
    )


@rule("origin-foreign", page=_SECURITY)
def origin_foreign(evidence: Evidence) -> Said | None:
    """The page that opened the WebSocket belongs to a host that is not allowed."""
    denied = [one for one in _denied(evidence) if one.details.get("origin") is not None]
    if not denied:
        return None
    origin = str(denied[0].details["origin"])
    calls = _validators(evidence)
    own = [call for call in calls if call.name == "OriginValidator"]
    setting = evidence.source.setting("ALLOWED_HOSTS")
    other_port = not own and _other_port(origin, str(denied[0].details.get("host") or ""))
    allowed = own[0].value(1, "allowed_origins") if own else setting.value if setting else None
    listed = f" (`{allowed}`)" if isinstance(allowed, list) and NOT_LITERAL not in allowed else ""
    where = "the list of `OriginValidator`" if own else "`ALLOWED_HOSTS`"
    change = f"If the page is yours, add its host to {where}{listed}. If not, all is well: the validator did its work."
    if origin == "null":
        change = (
            "`null` is the origin of a page opened as a file. Serve the page with Django, and open it over `http://`."
        )
    elif own:
        change += " An entry with `http://` must agree in scheme, host and port."
    elif other_port:
        setting = evidence.source.setting("CSRF_TRUSTED_ORIGINS")
        where = "the `Host` that it connects to, the port included"
        change = (
            "If the page is yours, list it in `CSRF_TRUSTED_ORIGINS`. If not, all is well: the validator did its work."
        )
    return Said(
        see=f"HTTP 403, and in Daphne's log only `WSREJECT`; the client's Origin is `{origin}`.",
        why=f"A browser says in `Origin` whose page opened the WebSocket. The validator compares it with {where}, "
        "so that foreign pages cannot use your visitors' cookies. This one does not fit.",
        change=change,
        place=own[0].place if own else setting.place if setting else calls[0].place if calls else None,
    )


def _other_port(origin: str, host: str) -> bool:
    """Whether the page comes from the host that it connects to, and from another port."""
    page = urlsplit(origin).netloc
    return page != host and page.rpartition(":")[0] == host.rpartition(":")[0] != ""


@rule("send-before-accept", page=_WEBSOCKET)
def send_before_accept(evidence: Evidence) -> Said | None:
    """Something is sent while the handshake is open."""
    raised = evidence.raised(r"Socket has not been accepted, so cannot send over it")
    if not raised:
        return None
    wait = "await " if any(consumer.is_async for consumer in evidence.consumers_of(raised)) else ""
    return Said(
        see=f"`{raised.text}`; the handshake got HTTP 500.",
        why="Messages travel over an open WebSocket, and this one is not open: the consumer has not accepted yet.",
        change=f"Call `{wait}self.accept()` first, then send.",
        place=raised.place,
    )


@rule("accepted-twice", page=_WEBSOCKET)
def accepted_twice(evidence: Evidence) -> Said | None:
    """`accept()` is called on a connection that is accepted already."""
    raised = evidence.raised(r"has no attribute 'handshake_deferred'")
    connection = evidence.connection_of(raised)
    if not raised or not connection or len(connection.sent("websocket.accept")) < 2:
        return None
    return Said(
        see=f"`{raised.text}`; the connection opened, and closed with code 1011.",
        why="The consumer accepted twice. The first `accept()` finished the handshake, and Daphne has nothing left "
        "that the second could answer. `super().connect()` accepts, too.",
        change="Keep one of them: `accept()`, or `super().connect()`.",
        place=raised.place,
    )


@rule("subprotocol-not-offered", page=_SUBPROTOCOLS)
def subprotocol_not_offered(evidence: Evidence) -> Said | None:
    """The consumer accepts with a subprotocol that the client did not offer."""
    for connection in evidence.connections:
        chosen = [str(one["subprotocol"]) for one in connection.sent("websocket.accept") if one.get("subprotocol")]
        if not chosen or not _unanswered(connection):
            continue
        calls = [call for consumer in evidence.consumers_of(connection) for call in consumer.calls("accept")]
        return Said(
            see=f"The consumer accepted with the subprotocol `{chosen[0]}`, and the client got no answer.",
            why="A server chooses one of the subprotocols that the client offers in its handshake, or none. "
            f"This client did not offer `{chosen[0]}`, so Daphne could not answer.",
            change=f'Choose from `self.scope["subprotocols"]`, or let the client offer it: '
            f'`subprotocols=["{chosen[0]}"]`.',
            place=next((call.place for call in calls if call.argument(0, "subprotocol")), None),
        )
    return None


def _unanswered(connection: Connection) -> bool:
    """Whether the application accepted while our client waited, and that heard nothing of it."""
    sent = [e.t for e in connection.of("send") if e.details.get("event", {}).get("type") == "websocket.accept"]
    refused = [e for e in connection.client_events if e.kind == "refused" and e.details.get("status") is None]
    return bool(sent and refused) and sent[0] < refused[0].t
