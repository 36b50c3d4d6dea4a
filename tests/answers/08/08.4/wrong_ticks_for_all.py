# earns: bob should have received `{"message"
# instead of:
            await self.send(json.dumps({"tick": number}))
# stands:
            await self.channel_layer.group_send(self.group, {"type": "chat.tick", "number": number})

    async def chat_tick(self, event):
        await self.send(json.dumps({"tick": event["number"]}))
