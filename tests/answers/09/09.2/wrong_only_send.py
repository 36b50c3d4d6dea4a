# earns: `{"leave": "
# instead of:
        elif room.id not in self.rooms:
            await self.send_json({"error": "ROOM_ACCESS_DENIED", "room": str(room.id)})
        elif content["command"] == "leave":
            await self.leave(room.id)
            await self.send_json({"leave": str(room.id)})
        elif content["command"] == "send":
            await self.tell(room.id, msg_type=0, message=content["message"])
# stands:
        elif content["command"] == "leave":
            await self.leave(room.id)
            await self.send_json({"leave": str(room.id)})
        elif room.id not in self.rooms:
            await self.send_json({"error": "ROOM_ACCESS_DENIED", "room": str(room.id)})
        elif content["command"] == "send":
            await self.tell(room.id, msg_type=0, message=content["message"])
