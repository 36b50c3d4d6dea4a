"""Where the chat's WebSocket is; the second path is that of the well-known example's client."""

from django.conf import settings
from django.urls import path, re_path
from django.utils.module_loading import import_string

consumer = import_string(settings.MULTICHAT_CONSUMER)

websocket_urlpatterns = [
    path("ws/rooms/", consumer.as_asgi()),
    path("chat/stream/", consumer.as_asgi()),
]


async def nobody(scope, receive, send):
    """Refuse a path that nobody answers. Without it URLRouter raises, and the client gets a 500."""
    await receive()
    await send({"type": "websocket.close"})


everything_else = [re_path("", nobody)]
