# earns: A number and a text are never equal in Python
# instead of:
            if room.id not in self.rooms:
                self.rooms.add(room.id)
# stands:
            if content["room"] not in self.rooms:
                self.rooms.add(content["room"])
# instead of:
        elif room.id not in self.rooms:
# stands:
        elif content["room"] not in self.rooms:
# instead of:
            await self.leave(room.id)
            await self.send_json({"leave": str(room.id)})
# stands:
            await self.leave(content["room"])
            await self.send_json({"leave": str(room.id)})
