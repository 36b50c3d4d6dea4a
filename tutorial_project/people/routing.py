"""Which consumer answers which WebSocket path."""

from django.urls import path

from people.consumers import WhoAmI

websocket_urlpatterns = [
    path("ws/who/<int:number>/", WhoAmI.as_asgi()),
    path("ws/who/<str:name>/", WhoAmI.as_asgi()),
]
