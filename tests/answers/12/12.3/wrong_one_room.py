# earns: should notice a worker that exports the messages of all rooms
# instead of:
        await self.say(self.hall, "elsewhere")
# stands:
