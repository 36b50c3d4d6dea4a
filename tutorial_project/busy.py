"""Consumers for what cannot be awaited. Each takes as many seconds as the message says."""

import asyncio
import time

from channels.generic.websocket import AsyncWebsocketConsumer, WebsocketConsumer
from channels.routing import ProtocolTypeRouter, URLRouter
from django.urls import path

from config.asgi import django_application


def compute(seconds):
    until = time.thread_time() + seconds  # the processor's time of this thread
    while time.thread_time() < until:
        pass


class Blocking(AsyncWebsocketConsumer):
    async def receive(self, text_data):
        time.sleep(float(text_data))
        await self.send(text_data)


class Threaded(AsyncWebsocketConsumer):
    async def receive(self, text_data):
        await asyncio.to_thread(time.sleep, float(text_data))
        await self.send(text_data)


class Computing(WebsocketConsumer):
    def receive(self, text_data):
        compute(float(text_data))
        self.send(text_data)


class AsyncComputing(AsyncWebsocketConsumer):
    async def receive(self, text_data):
        compute(float(text_data))
        await self.send(text_data)


consumers = {"blocking": Blocking, "threads": Threaded, "sync": Computing, "async": AsyncComputing}
routes = [path(f"{name}/", consumer.as_asgi()) for name, consumer in consumers.items()]
application = ProtocolTypeRouter({"http": django_application, "websocket": URLRouter(routes)})
