# earns: bob should have received `{"msg_type": 8
# instead of:
        event = {"type": "room.removed", "room": room, "id": message_id}
        await ask(self.channel_layer.group_send(f"room-{room}", event))
# stands:
        await self.tell({"msg_type": 8, "room": str(room), "id": message_id})
