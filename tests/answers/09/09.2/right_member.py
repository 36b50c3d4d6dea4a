"""The chat as the old example has it: one connection, many rooms."""

from channels.generic.websocket import AsyncJsonWebsocketConsumer

from multichat.models import Room


class MultichatConsumer(AsyncJsonWebsocketConsumer):
    async def connect(self):
        self.rooms = {}
        if self.scope["user"].is_anonymous:
            await self.close()
        else:
            await self.accept()

    async def receive_json(self, content):
        number = int(content["room"])
        inside = number in self.rooms
        command = content["command"]
        if command == "join":
            if not inside:
                await self.tell(number, msg_type=4)
                await self.channel_layer.group_add(f"room-{number}", self.channel_name)
                self.rooms[number] = (await Room.objects.aget(pk=number)).title
            return await self.send_json({"join": str(number), "title": self.rooms[number]})
        if not inside:
            detail = "Join first."
            return await self.send_json({"error": "ROOM_ACCESS_DENIED", "room": str(number), "detail": detail})
        if command == "leave":
            await self.tell(number, msg_type=5)
            await self.leave(number)
            await self.send_json({"leave": str(number)})
        else:
            await self.tell(number, msg_type=0, message=content["message"])

    async def disconnect(self, code):
        for number in tuple(self.rooms):
            await self.leave(number)
            await self.tell(number, msg_type=5)

    async def leave(self, number):
        del self.rooms[number]
        await self.channel_layer.group_discard(f"room-{number}", self.channel_name)

    async def tell(self, number, **keys):
        frame = {"room": str(number), "username": self.scope["user"].username, **keys}
        await self.channel_layer.group_send(f"room-{number}", {"type": "room.told", "frame": frame})

    async def room_told(self, event):
        await self.send_json(event["frame"])
