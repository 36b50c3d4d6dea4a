"""The chat: one consumer for each connection, one group for each room, and a history."""

import json

from channels.generic.websocket import AsyncWebsocketConsumer

from chat.history import keep, newest
from chat.messages import read_message
from chat.rooms import group_name


class ChatConsumer(AsyncWebsocketConsumer):
    async def connect(self):
        self.room = self.scope["url_route"]["kwargs"]["room"]
        self.group = group_name(self.room)
        # First join, then read: what is said meanwhile may come twice (its id tells), and is not lost.
        await self.channel_layer.group_add(self.group, self.channel_name)
        await self.accept()
        for event in await newest(self.room):
            await self.chat_message(event)

    async def disconnect(self, code):
        await self.channel_layer.group_discard(self.group, self.channel_name)

    async def receive(self, text_data=None, bytes_data=None):
        try:
            message = read_message(text_data)
        except ValueError as error:
            await self.send(json.dumps({"error": str(error)}))
            return
        username = self.scope["user"].username or "guest"
        event = await keep(self.room, username, message)
        await self.channel_layer.group_send(self.group, event)

    async def chat_message(self, event):
        await self.send(json.dumps({key: event[key] for key in ("id", "username", "message", "at")}))
