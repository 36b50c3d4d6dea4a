"""The project as an ASGI application: who answers which connection."""

import os

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

# This sets Django up: what imports models is imported below this line, never above it.
django_application = get_asgi_application()

from channels.routing import ChannelNameRouter, ProtocolTypeRouter, URLRouter
from django.urls import path

import chat.routing
import multichat.routing
import people.routing
import tasks.routing
import tokens.routing
from multichat.layer import ComeAgain
from notices.sockets import notices_socket
from tasks.worker import BackgroundTaskConsumer
from tokens.middleware import TokenAuthMiddlewareStack
from tokens.origins import OriginOrToken

routes = [
    path("ws/notices/", notices_socket),
    *people.routing.websocket_urlpatterns,
    *chat.routing.websocket_urlpatterns,
    *tokens.routing.websocket_urlpatterns,
    *multichat.routing.websocket_urlpatterns,
    *tasks.routing.websocket_urlpatterns,
    *multichat.routing.everything_else,
]

application = ProtocolTypeRouter(
    {
        "http": django_application,
        "websocket": OriginOrToken(ComeAgain(TokenAuthMiddlewareStack(URLRouter(routes)))),
        "channel": ChannelNameRouter({"background-tasks": BackgroundTaskConsumer.as_asgi()}),
    }
)


import gc

if os.environ.get("FREEZE") != "off":  # off: for whoever measures what it does
    # What is imported stays for ever. Frozen, the garbage collector does not look through it while clients wait.
    gc.collect()
    gc.freeze()
