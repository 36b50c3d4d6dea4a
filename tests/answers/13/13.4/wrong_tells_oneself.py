# earns: own client only
# instead of:
            await ask(self.channel_layer.group_send(f"room-{room}", {"type": "room.read", "room": room, **who}))
# stands:
            await self.tell({"msg_type": 7, "room": str(room), "username": self.user.username, "read": now})
# instead of:
        if event["room"] in self.rooms and event["but"] != self.channel_name:
# stands:
        if event["room"] in self.rooms:
