# earns: should have received `{"error": "ROOM_ACCESS_DENIED"
# instead of:
        if command["room"] not in self.rooms:
            raise Refused("ROOM_ACCESS_DENIED", "Join the room first.")
# stands:
