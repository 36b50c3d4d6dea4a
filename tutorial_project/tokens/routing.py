"""Which consumer answers which WebSocket path of the tokens."""

from django.urls import path

from tokens.consumers import Door

websocket_urlpatterns = [
    path("ws/door/", Door.as_asgi()),
]
