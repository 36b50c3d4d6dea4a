# earns: eve should have received `{"error": "ROOM_ACCESS_DENIED"}`
# instead of:
    async def do_typing(self, command):
        room = command["room"]
        if room not in self.rooms:
            raise Refused("ROOM_ACCESS_DENIED", "Join the room first.")
# stands:
    async def do_typing(self, command):
        room = command["room"]
