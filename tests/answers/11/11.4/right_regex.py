"""Which pages may open a WebSocket: our own, and those of partners. Who is no page brings a token."""

import re

from channels.security.websocket import OriginValidator, WebsocketDenier
from django.conf import settings

from tokens.middleware import PROTOCOL


def pattern_of(trusted):
    return re.escape(trusted).replace(r"\*\.", r"[a-z0-9.-]+\.")


class OriginOrToken(OriginValidator):
    def __init__(self, application):
        super().__init__(application, settings.ALLOWED_HOSTS or ["localhost", "127.0.0.1", "[::1]"])
        self.partners = re.compile("|".join(map(pattern_of, settings.CSRF_TRUSTED_ORIGINS)) or "(?!)")

    async def __call__(self, scope, receive, send):
        headers = {name: value.decode("latin-1") for name, value in scope["headers"]}
        origin, host = headers.get(b"origin"), headers.get(b"host")
        if origin is None and PROTOCOL in scope["subprotocols"]:
            return await self.application(scope, receive, send)
        if origin and self.partners.fullmatch(origin):
            return await self.application(scope, receive, send)
        if origin in (f"http://{host}", f"https://{host}"):
            return await super().__call__(scope, receive, send)
        await WebsocketDenier()(scope, receive, send)
