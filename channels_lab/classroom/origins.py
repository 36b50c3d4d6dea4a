"""Which pages may open a socket: our own. A kernel is no page, and names its subprotocol instead."""

from typing import Any
from urllib.parse import urlsplit

from channels.security.websocket import WebsocketDenier

from channels_lab.classroom.learners import PROTOCOL

__all__ = ["OwnPages"]


class OwnPages:
    """Lets in a page whose Origin is the host that it asks, and a program, which has no cookies to ride on."""

    def __init__(self, inner: Any) -> None:
        self.inner = inner
        self.denier = WebsocketDenier()

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        headers = {name: value.decode("latin-1") for name, value in scope["headers"]}
        origin, host = headers.get(b"origin"), headers.get(b"x-forwarded-host") or headers.get(b"host")
        program = origin is None and PROTOCOL in scope["subprotocols"]
        page = origin is not None and urlsplit(origin).netloc == host
        await (self.inner if program or page else self.denier)(scope, receive, send)
