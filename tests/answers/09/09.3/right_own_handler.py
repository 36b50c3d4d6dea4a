# instead of:
        text = json.dumps({"msg_type": 7, "room": str(room), "username": self.user.username}, ensure_ascii=False)
        event = {"type": "room.people", "room": room, "text": text, "but": self.channel_name}
        await ask(self.channel_layer.group_send(f"room-{room}", event))
# stands:
        who = {"username": self.scope["user"].username, "channel": self.channel_name}
        await self.channel_layer.group_send(f"room-{room}", {"type": "room.typing", "room": room, **who})

    async def room_typing(self, event):
        if event["channel"] != self.channel_name and event["room"] in self.rooms:
            await self.tell({"msg_type": 7, "room": str(event["room"]), "username": event["username"]})
