"""Where the chat's WebSocket is; the second path is that of the well-known example's client."""

import gc

from django.conf import settings
from django.urls import path, re_path

from multichat.hub import HubConsumer
from multichat.quick import QuickConsumer

consumer = HubConsumer if settings.MULTICHAT_HUB else QuickConsumer

websocket_urlpatterns = [
    path("ws/rooms/", consumer.as_asgi()),
    path("chat/stream/", consumer.as_asgi()),
]


async def nobody(scope, receive, send):
    """Refuse a path that nobody answers. Without it URLRouter raises, and the client gets a 500."""
    await receive()
    await send({"type": "websocket.close"})


everything_else = [re_path("", nobody)]

# What is imported stays for ever. Frozen, the garbage collector does not look through it while clients wait.
gc.collect()
gc.freeze()
