"""The chat as the old example has it: one connection, many rooms."""

import json

from channels.generic.websocket import AsyncJsonWebsocketConsumer

from multichat.models import Room

KEYS = {"join": ["room"], "leave": ["room"], "send": ["room", "message"]}


class MultichatConsumer(AsyncJsonWebsocketConsumer):
    async def connect(self):
        if self.scope["user"].is_anonymous:
            await self.close()
        else:
            await self.accept()

    @classmethod
    async def decode_json(cls, text_data):
        try:
            return json.loads(text_data)
        except ValueError:
            return None

    async def receive_json(self, content):
        if not isinstance(content, dict):
            return await self.send_json({"error": "BAD_JSON"})
        if "command" not in content:
            return await self.send_json({"error": "MISSING_KEY"})
        command = content["command"]
        if command not in KEYS:
            return await self.send_json({"error": "UNKNOWN_COMMAND"})
        if not all(key in content for key in KEYS[command]):
            return await self.send_json({"error": "MISSING_KEY"})
        try:
            room = await Room.objects.aget(pk=content["room"])
        except (Room.DoesNotExist, ValueError):
            return await self.send_json({"error": "ROOM_INVALID"})
        if command == "join":
            await self.tell(room, msg_type=4)
            await self.channel_layer.group_add(f"room-{room.id}", self.channel_name)
            await self.send_json({"join": str(room.id), "title": room.title})
        elif command == "leave":
            await self.tell(room, msg_type=5)
            await self.channel_layer.group_discard(f"room-{room.id}", self.channel_name)
            await self.send_json({"leave": str(room.id)})
        else:
            await self.tell(room, msg_type=0, message=content["message"])

    async def tell(self, room, **keys):
        frame = {"room": str(room.id), "username": self.scope["user"].username, **keys}
        await self.channel_layer.group_send(f"room-{room.id}", {"type": "room.told", "frame": frame})

    async def room_told(self, event):
        await self.send_json(event["frame"])
