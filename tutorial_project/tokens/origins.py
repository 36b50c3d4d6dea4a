"""Which pages may open a WebSocket: our own. Who is no page brings a token."""

from urllib.parse import urlsplit

from channels.security.websocket import OriginValidator, WebsocketDenier
from django.conf import settings

from tokens.middleware import PROTOCOL


class OriginOrToken(OriginValidator):
    def __init__(self, application):
        local = ["localhost", "127.0.0.1", "[::1]"] if settings.DEBUG else []
        super().__init__(application, settings.ALLOWED_HOSTS or local)

    async def __call__(self, scope, receive, send):
        headers = dict(scope["headers"])
        origin, host = (headers.get(name, b"").decode("latin-1") for name in (b"origin", b"host"))
        trusted = origin in settings.CSRF_TRUSTED_ORIGINS
        # A browser always says its Origin. Who does not has no cookies that a stranger could ride on.
        program = not origin and PROTOCOL in scope["subprotocols"]
        if trusted or program:
            await self.application(scope, receive, send)
        elif origin and host in ("", urlsplit(origin).netloc):  # "": in a test; a server is always told the host
            await super().__call__(scope, receive, send)  # is the host one of ours?
        else:
            await WebsocketDenier()(scope, receive, send)
