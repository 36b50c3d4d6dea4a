# earns: is passed over, and not told
# instead of:
        elif room.id not in self.rooms:
            await self.send_json({"error": "ROOM_ACCESS_DENIED", "room": str(room.id)})
# stands:
        elif room.id not in self.rooms:
            return
