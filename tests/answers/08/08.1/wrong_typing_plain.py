# earns: which cannot be awaited
# instead of:
    async def chat_typing(self, event):
        await self.send(json.dumps({"typing": event["username"]}))
# stands:
    def chat_typing(self, event):
        self.send(json.dumps({"typing": event["username"]}))
