# earns: should have received `{"join": 
# instead of:
            await self.send_json({"join": str(room.id), "title": room.title})
# stands:
                await self.send_json({"join": str(room.id), "title": room.title})
