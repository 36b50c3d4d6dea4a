"""One room, in which everybody hears everybody: the tutorial's consumer, and what can be saved of its work."""

import json

from channels.generic.websocket import AsyncWebsocketConsumer
from channels.routing import ProtocolTypeRouter, URLRouter
from django.urls import path

from config.asgi import django_application


class Plain(AsyncWebsocketConsumer):
    groups = ["crowd"]

    async def receive(self, text_data):
        message = json.loads(text_data)["message"]
        await self.channel_layer.group_send("crowd", {"type": "chat.message", "message": message})

    async def chat_message(self, event):
        await self.send(json.dumps({"message": event["message"]}))


class Thrifty(Plain):
    async def dispatch(self, message):
        if message["type"] == "chat.message":  # asks no database: no thread need look after its connections
            await self.chat_message(message)
        else:
            await super().dispatch(message)


present = set()


async def bare(scope, receive, send):
    """Without Channels: what the server itself can do."""
    await receive()
    await send({"type": "websocket.accept"})
    present.add(send)
    while (event := await receive())["type"] == "websocket.receive":
        text = json.dumps({"message": json.loads(event["text"])["message"]})
        for one in list(present):
            await one({"type": "websocket.send", "text": text})
    present.discard(send)


routes = [path("bare/", bare)]
routes += [path(f"{one.__name__.lower()}/", one.as_asgi()) for one in (Plain, Thrifty)]
application = ProtocolTypeRouter({"http": django_application, "websocket": URLRouter(routes)})
