# earns: Nothing should have come to bob
# instead of:
        self.send(json.dumps({"pong": number}))
# stands:
        event = {"type": "chat.pong", "number": number}
        async_to_sync(self.channel_layer.group_send)(self.group, event)
# instead of:
    def chat_message(self, event):
# stands:
    def chat_pong(self, event):
        self.send(json.dumps({"pong": event["number"]}))

    def chat_message(self, event):
