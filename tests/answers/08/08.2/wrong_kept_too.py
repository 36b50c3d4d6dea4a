# earns: in the database should be
# instead of:
            await self.send(json.dumps({"found": found}))
            return
# stands:
            await self.send(json.dumps({"found": found}))
            await keep(self.room, "guest", message)
            return
