"""Two consumers that take as many seconds as the message says, as if they asked a slow service."""

import asyncio
import threading
import time

from channels.generic.websocket import AsyncWebsocketConsumer, WebsocketConsumer
from channels.routing import ProtocolTypeRouter, URLRouter
from django.urls import path

from config.asgi import django_application


class SlowConsumer(WebsocketConsumer):
    def receive(self, text_data):
        print(text_data, "s in", threading.current_thread().name)
        time.sleep(float(text_data))
        self.send(text_data)


class AsyncSlowConsumer(AsyncWebsocketConsumer):
    async def receive(self, text_data):
        print(text_data, "s in", threading.current_thread().name)
        await asyncio.sleep(float(text_data))
        await self.send(text_data)


routes = [path("sync/", SlowConsumer.as_asgi()), path("async/", AsyncSlowConsumer.as_asgi())]
application = ProtocolTypeRouter({"http": django_application, "websocket": URLRouter(routes)})
