"""A door: it lets in who is logged in, and tells them who they are, as often as they ask."""

import json

from channels.generic.websocket import AsyncWebsocketConsumer


class Door(AsyncWebsocketConsumer):
    async def connect(self):
        await self.accept()  # a close code needs an open connection
        if not self.scope["user"].is_authenticated:
            await self.send(json.dumps({"error": "USER_HAS_TO_LOGIN"}))
            await self.close(4001)
            return
        await self.tell()

    async def receive(self, text_data=None, bytes_data=None):
        await self.tell()

    async def tell(self):
        by = "token" if "token" in self.scope else "session"
        await self.send(json.dumps({"you": self.scope["user"].username, "by": by}))
