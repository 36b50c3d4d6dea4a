"""A project with every kind of layer, written over the small chat project: what the router tree is tested on."""

from pathlib import Path

from tests import chat_project

__all__ = ["write"]

FILES = {
    "config/asgi.py": '''\
import os

from channels.auth import AuthMiddlewareStack
from channels.routing import ChannelNameRouter, ProtocolTypeRouter, URLRouter
from channels.security.websocket import AllowedHostsOriginValidator
from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django_application = get_asgi_application()

from chat.consumers import Odd
from chat.layers import Forgetful, Plan, Token
from chat.routing import websocket_urlpatterns

routes = URLRouter(websocket_urlpatterns)
application = ProtocolTypeRouter({
    "http": django_application,
    "websocket": AllowedHostsOriginValidator(Forgetful(AuthMiddlewareStack(Token(Plan(routes))))),
    "channel": ChannelNameRouter({"mail": Odd.as_asgi()}),
})
''',
    "chat/layers.py": '''\
from channels.middleware import BaseMiddleware


class Token(BaseMiddleware):
    async def __call__(self, scope, receive, send):
        scope["token"] = "secret"
        scope["user"] = "by token"
        return await super().__call__(scope, receive, send)


class Plan:
    def __init__(self, app):
        self.app = app

    async def __call__(self, scope, receive, send):
        if scope["path"] == "/ws/refused/":
            return await send({"type": "websocket.close"})
        return await self.app({**scope, "plan": "free"}, receive, send)


class Forgetful(BaseMiddleware):
    async def __call__(self, scope, receive, send):
        if scope["path"] == "/ws/forgotten/":
            self.inner(scope, receive, send)
            return await send({"type": "websocket.close"})
        return await super().__call__(scope, receive, send)
''',
    "chat/routing.py": '''\
from django.urls import path, re_path

from channels.routing import URLRouter
from chat import consumers

websocket_urlpatterns = [
    path("ws/", URLRouter([path("hang/", consumers.Hang.as_asgi())])),
    path("ws/", URLRouter([
        path("chat/<str:room>/", consumers.ChatConsumer.as_asgi()),
        path("class/", consumers.Silent),
    ])),
    re_path(r"^odd/(\\d+)/$", consumers.Odd.as_asgi()),
]
''',
}  # fmt: skip
SETTINGS = """
ALLOWED_HOSTS = ["127.0.0.1", "localhost"]
SESSION_ENGINE = "django.contrib.sessions.backends.signed_cookies"
"""


def write(folder: Path) -> Path:
    """Write the project into a folder, and return that."""
    chat_project.write(folder)
    for name, text in FILES.items():
        (folder / name).write_text(text, encoding="utf-8")
    with (folder / "config/settings.py").open("a", encoding="utf-8") as settings:
        settings.write(SETTINGS)
    return folder
