"""A richer healthy project: accounts, a sync consumer, a worker, and a layer on Redis where REDIS_URL is set."""

from pathlib import Path

from channels_lab.course.filecell import FileCell
from channels_lab.course.replay import Replay
from tests import chat_project

__all__ = ["CELLS", "texts"]

_PEOPLE = Path(__file__).resolve().parents[2] / "notebooks" / "given" / "05" / "people"

CELLS = [
    FileCell(
        "config/settings.py",
        "apps",
        """\
INSTALLED_APPS = [
    "daphne",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "channels",
    "people",
    "chat",
]
""",
    ),
    FileCell(
        "config/settings.py",
        "layer",
        """\
ASGI_APPLICATION = "config.asgi.application"
CHANNEL_LAYERS = {"default": {"BACKEND": "channels.layers.InMemoryChannelLayer"}}
if os.environ.get("REDIS_URL"):
    CHANNEL_LAYERS = {
        "default": {
            "BACKEND": "channels_redis.core.RedisChannelLayer",
            "CONFIG": {"hosts": [os.environ["REDIS_URL"]]},
        }
    }
""",
    ),
    FileCell(
        "config/urls.py",
        "",
        'from django.urls import path\n\nfrom chat import views\n\nurlpatterns = [path("", views.index)]\n',
    ),
    FileCell(
        "config/asgi.py",
        "",
        """\
import os

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django_application = get_asgi_application()

from channels.auth import AuthMiddlewareStack
from channels.routing import ChannelNameRouter, ProtocolTypeRouter, URLRouter
from channels.security.websocket import AllowedHostsOriginValidator

from chat.consumers import TaskConsumer
from chat.routing import websocket_urlpatterns

application = ProtocolTypeRouter(
    {
        "http": django_application,
        "websocket": AllowedHostsOriginValidator(AuthMiddlewareStack(URLRouter(websocket_urlpatterns))),
        "channel": ChannelNameRouter({"tasks": TaskConsumer.as_asgi()}),
    }
)
""",
    ),
    FileCell("chat/__init__.py", "", ""),
    FileCell(
        "chat/views.py",
        "",
        'from django.http import HttpResponse\n\n\ndef index(request):\n    return HttpResponse("hello")\n',
    ),
    FileCell(
        "chat/routing.py",
        "",
        """\
from django.urls import path

from chat import consumers

websocket_urlpatterns = [
    path("ws/chat/<str:room>/", consumers.ChatConsumer.as_asgi()),
    path("ws/who/", consumers.WhoConsumer.as_asgi()),
]
""",
    ),
    FileCell(
        "chat/consumers.py",
        "",
        '''\
import json

from asgiref.sync import async_to_sync
from channels.consumer import SyncConsumer
from channels.db import database_sync_to_async
from channels.generic.websocket import AsyncJsonWebsocketConsumer, WebsocketConsumer
from django.contrib.auth import get_user_model


class ChatConsumer(WebsocketConsumer):
    """A room, as a sync consumer; "task TEXT" sends the text to the worker."""

    def connect(self):
        self.group = "chat_" + self.scope["url_route"]["kwargs"]["room"]
        async_to_sync(self.channel_layer.group_add)(self.group, self.channel_name)
        self.accept()

    def disconnect(self, code):
        async_to_sync(self.channel_layer.group_discard)(self.group, self.channel_name)

    def receive(self, text_data=None, bytes_data=None):
        message = json.loads(text_data)["message"]
        if message.startswith("task "):
            task = {"type": "task.run", "text": message[5:], "reply_to": self.channel_name}
            async_to_sync(self.channel_layer.send)("tasks", task)
        else:
            event = {"type": "chat.message", "message": message}
            async_to_sync(self.channel_layer.group_send)(self.group, event)

    def chat_message(self, event):
        self.send(text_data=json.dumps({"message": event["message"]}))


class WhoConsumer(AsyncJsonWebsocketConsumer):
    """Answers who is there, and how many people the database has."""

    async def receive_json(self, content):
        await self.send_json({"user": str(self.scope["user"]), "people": await self.count()})

    @database_sync_to_async
    def count(self):
        return get_user_model().objects.count()


class TaskConsumer(SyncConsumer):
    """Runs in a worker, and answers in capitals."""

    def task_run(self, event):
        reply = {"type": "chat.message", "message": event["text"].upper()}
        async_to_sync(self.channel_layer.send)(event["reply_to"], reply)
''',
    ),
]


def texts() -> dict[str, str]:
    """The project's files by path."""
    project = Replay()
    for folder in (chat_project.GIVEN, _PEOPLE.parent):
        for file in sorted(folder.rglob("*")):
            if file.is_file() and "__pycache__" not in file.parts:
                project.give(file.relative_to(folder).as_posix(), file.read_text(encoding="utf-8"))
    return project.apply_all(CELLS).texts()
