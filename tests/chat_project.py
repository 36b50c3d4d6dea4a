"""A small project with a chat, for tests of processes and of the wire: the given files and a few cells."""

from pathlib import Path

from channels_lab.course.filecell import FileCell
from channels_lab.course.replay import Replay

__all__ = ["CELLS", "GIVEN", "replay", "write"]

GIVEN = Path(__file__).resolve().parent.parent / "notebooks" / "given" / "01"

CELLS = [
    FileCell(
        "config/settings.py",
        "apps",
        'INSTALLED_APPS = ["daphne", "django.contrib.contenttypes", "django.contrib.auth", '
        '"django.contrib.sessions", "channels", "chat"]\n',
    ),
    FileCell("config/settings.py", "middleware", "MIDDLEWARE = []\n"),
    FileCell(
        "config/settings.py",
        "layer",
        'ASGI_APPLICATION = "config.asgi.application"\n'
        'CHANNEL_LAYERS = {"default": {"BACKEND": "channels.layers.InMemoryChannelLayer"}}\n',
    ),
    FileCell("config/urls.py", "", "urlpatterns = []\n"),
    FileCell(
        "config/asgi.py",
        "",
        """\
import os

from channels.routing import ProtocolTypeRouter, URLRouter
from channels.security.websocket import AllowedHostsOriginValidator
from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django_application = get_asgi_application()

from chat.routing import websocket_urlpatterns

application = ProtocolTypeRouter({
    "http": django_application,
    "websocket": AllowedHostsOriginValidator(URLRouter(websocket_urlpatterns)),
})
""",
    ),
    FileCell("chat/__init__.py", "", ""),
    FileCell(
        "chat/routing.py",
        "",
        """\
from django.urls import path

from chat import consumers

websocket_urlpatterns = [
    path("ws/chat/<room>/", consumers.ChatConsumer.as_asgi()),
    path("ws/hang/", consumers.Hang.as_asgi()),
    path("ws/silent/", consumers.Silent.as_asgi()),
    path("ws/odd/", consumers.Odd.as_asgi()),
]
""",
    ),
    FileCell(
        "chat/consumers.py",
        "",
        '''\
import json
import os

from channels.consumer import AsyncConsumer
from channels.generic.websocket import AsyncWebsocketConsumer

VERSION = "one"


class ChatConsumer(AsyncWebsocketConsumer):
    async def connect(self):
        self.group = "chat_" + self.scope["url_route"]["kwargs"]["room"]
        await self.channel_layer.group_add(self.group, self.channel_name)
        await self.accept()

    async def disconnect(self, code):
        await self.channel_layer.group_discard(self.group, self.channel_name)

    async def receive(self, text_data):
        message = json.loads(text_data)["message"]
        await self.channel_layer.group_send(self.group, {"type": "chat.message", "message": message})

    async def chat_message(self, event):
        await self.send(json.dumps({"message": event["message"], "version": VERSION}))


class Hang(AsyncWebsocketConsumer):
    """Accepts, and at the first message never gives the event loop back."""

    async def receive(self, text_data):
        while True:
            pass


class Silent(AsyncConsumer):
    """Never answers the handshake."""

    async def websocket_connect(self, event):
        pass


class Odd(AsyncWebsocketConsumer):
    """Does what it is told: echo, close, raise, exit, subprotocol."""

    async def connect(self):
        if "refuse" in self.scope["query_string"].decode():
            await self.close()
        elif "raise" in self.scope["query_string"].decode():
            raise RuntimeError("not today")
        else:
            wanted = self.scope["subprotocols"]
            await self.accept(subprotocol=wanted[-1] if wanted else None)

    async def receive(self, text_data=None, bytes_data=None):
        word, _, rest = (text_data or "").partition(" ")
        if bytes_data is not None:
            await self.send(bytes_data=bytes_data[::-1])
        elif word == "close":
            await self.close(int(rest))
        elif word == "raise":
            raise RuntimeError(rest)
        elif word == "exit":
            os._exit(int(rest))
        elif word == "headers":
            await self.send(json.dumps([[k.decode(), v.decode()] for k, v in self.scope["headers"]]))
        elif word == "where":
            await self.send(json.dumps({"pid": os.getpid(), "cwd": os.getcwd()}))
        elif word == "many":
            for number in range(int(rest)):
                await self.send(str(number))
        else:
            await self.send(text_data)
''',
    ),
]


def replay() -> Replay:
    """The project's files."""
    project = Replay()
    for file in sorted(GIVEN.rglob("*")):
        if file.is_file() and "__pycache__" not in file.parts:
            project.give(file.relative_to(GIVEN).as_posix(), file.read_text(encoding="utf-8"))
    return project.apply_all(CELLS)


def write(folder: Path) -> Path:
    """Write the project into a folder, and return that."""
    for name, text in replay().texts().items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    return folder
