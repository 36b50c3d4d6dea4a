"""Where the chat's WebSocket is; the second path is that of the well-known example's client."""

from django.urls import path, re_path

from multichat.consumers import MultichatConsumer

websocket_urlpatterns = [
    path("ws/rooms/", MultichatConsumer.as_asgi()),
    path("chat/stream/", MultichatConsumer.as_asgi()),
]


async def nobody(scope, receive, send):
    """Refuse a path that nobody answers. Without it URLRouter raises, and the client gets a 500."""
    await receive()
    await send({"type": "websocket.close"})


everything_else = [re_path("", nobody)]
