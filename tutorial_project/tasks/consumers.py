"""What talks with a person's page: commands in, news of tasks out."""

import json
from contextlib import suppress

from channels.db import database_sync_to_async
from channels.generic.websocket import AsyncWebsocketConsumer

from multichat.layer import FAILURES, ask
from multichat.limits import bucket_of
from multichat.rights import current_user
from tasks.commands import answer
from tasks.models import group_of


class TasksConsumer(AsyncWebsocketConsumer):
    group = None

    async def __call__(self, scope, receive, send):
        try:
            await super().__call__(scope, receive, send)
        finally:  # also after an exception, when `disconnect` is not called
            with suppress(*FAILURES):
                if self.group:
                    await ask(self.channel_layer.group_discard(self.group, self.channel_name))

    async def connect(self):
        await self.accept()
        if not self.scope["user"].is_authenticated:
            return await self.tell({"error": "USER_HAS_TO_LOGIN", "detail": "Log in first."})
        self.group, self.bucket = group_of(self.scope["user"].pk), bucket_of(self.scope["user"].pk)
        await ask(self.channel_layer.group_add(self.group, self.channel_name))

    async def receive(self, text_data=None, bytes_data=None):
        if not self.group:
            return
        if not self.bucket.take():
            return await self.tell({"error": "TOO_FAST", "detail": "That was too much at once. Wait a moment."})
        if user := await current_user(self.scope):
            await self.tell(await database_sync_to_async(answer)(user, text_data))
        else:
            await self.tell({"error": "USER_HAS_TO_LOGIN", "detail": "You are not logged in any more."})

    async def task_changed(self, event):
        await self.tell({"task": event["task"]})

    async def tell(self, told):
        await self.send(json.dumps(told, ensure_ascii=False))
        if told.get("error") == "USER_HAS_TO_LOGIN":
            await self.close(4001)
