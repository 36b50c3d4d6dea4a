"""What talks with a person's page: commands in, news of tasks out."""

import json

from channels.db import database_sync_to_async
from channels.generic.websocket import AsyncWebsocketConsumer

from tasks.commands import answer
from tasks.models import group_of


class TasksConsumer(AsyncWebsocketConsumer):
    group = None

    async def connect(self):
        await self.accept()  # before it, no code of ours would arrive
        user = self.scope["user"]
        if not user.is_authenticated:
            return await self.dismiss({"error": "USER_HAS_TO_LOGIN", "detail": "Log in to start tasks."})
        self.group = group_of(user.pk)
        await self.channel_layer.group_add(self.group, self.channel_name)

    async def disconnect(self, code):
        if self.group:
            await self.channel_layer.group_discard(self.group, self.channel_name)

    async def receive(self, text_data=None, bytes_data=None):
        if not self.group:
            return  # said before it was dismissed
        told = await database_sync_to_async(answer)(self.scope["user"].pk, text_data)
        if told.get("error") == "USER_HAS_TO_LOGIN":
            return await self.dismiss(told)
        await self.send(json.dumps(told))

    async def dismiss(self, told):
        await self.send(json.dumps(told))
        await self.close(4001)

    async def task_changed(self, event):
        await self.send(json.dumps({"task": event["task"]}))
