# earns: No handler for message type
# instead of:
        event = {"type": "room.people", "room": room, "text": text, "but": self.channel_name}
# stands:
        event = {"type": "room.typing", "room": room, "text": text, "but": self.channel_name}
# instead of:
    async def do_typing(self, command):
# stands:
    async def typing(self, event):
        await self.room_people(event)

    async def do_typing(self, command):
