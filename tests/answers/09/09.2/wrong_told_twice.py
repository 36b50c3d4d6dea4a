# earns: comes who is inside already
# instead of:
            if room.id not in self.rooms:
                self.rooms.add(room.id)
                await self.tell(room.id, msg_type=4)
                await self.channel_layer.group_add(f"room-{room.id}", self.channel_name)
# stands:
            self.rooms.add(room.id)
            await self.tell(room.id, msg_type=4)
            await self.channel_layer.group_add(f"room-{room.id}", self.channel_name)
