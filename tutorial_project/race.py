"""One server for all five ways: HTTP to Django, WebSockets to the notices."""

from config.asgi import application as django_application  # sets Django up: it comes first
from notices.sockets import notices_socket


async def application(scope, receive, send):
    answer = notices_socket if scope["type"] == "websocket" else django_application
    await answer(scope, receive, send)
