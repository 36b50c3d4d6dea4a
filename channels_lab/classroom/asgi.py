"""The board as an ASGI application: who answers which connection."""

import os
from typing import Any

from django.core.asgi import get_asgi_application

__all__ = ["application"]

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "channels_lab.classroom.settings")

# This sets Django up: what imports models is imported below this line, never above it.
_django = get_asgi_application()

from channels.routing import ProtocolTypeRouter, URLRouter  # noqa: E402
from channels.sessions import CookieMiddleware  # noqa: E402
from django.conf import settings  # noqa: E402
from django.contrib.staticfiles.handlers import ASGIStaticFilesHandler  # noqa: E402
from django.urls import path, re_path  # noqa: E402

from channels_lab.classroom.boards import BoardConsumer  # noqa: E402
from channels_lab.classroom.learners import LearnerConsumer  # noqa: E402
from channels_lab.classroom.nobody import NobodyConsumer  # noqa: E402
from channels_lab.classroom.origins import OwnPages  # noqa: E402

_routes = [
    path("ws/learner/", LearnerConsumer.as_asgi()),
    path("ws/board/", CookieMiddleware(BoardConsumer.as_asgi()), {"leads": False}),
    path("ws/leader/", CookieMiddleware(BoardConsumer.as_asgi()), {"leads": True}),
    re_path(r"", NobodyConsumer.as_asgi()),
]


class Below:
    """Evens out what proxies do with the path before ours: some take it away, others leave it there."""

    def __init__(self, inner: Any) -> None:
        self.inner = inner
        self.prefix = settings.BELOW

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        if self.prefix and scope["type"] in ("http", "websocket"):
            scope = scope | {"path": "/" + f"{scope['path']}".removeprefix(self.prefix).lstrip("/")}
        await self.inner(scope, receive, send)


application = Below(
    ProtocolTypeRouter({"http": ASGIStaticFilesHandler(_django), "websocket": OwnPages(URLRouter(_routes))})
)
