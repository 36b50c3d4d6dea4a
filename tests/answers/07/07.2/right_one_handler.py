# instead of:
            event = {"type": "chat.roll", "reply_to": self.channel_name}
# stands:
            async_to_sync(self.channel_layer.group_send)(self.group, {"type": "roll", "asks": self.channel_name})
            return
# instead of:
    def chat_roll(self, event):
        """Somebody asks who is here: answer into the mailbox that the question names."""
        answer = {"type": "chat.here", "username": self.scope["user"].username or "guest"}
        async_to_sync(self.channel_layer.send)(event["reply_to"], answer)

    def chat_here(self, event):
        self.send(json.dumps({"here": event["username"]}))
# stands:
    def roll(self, event):
        if "here" in event:
            self.send(json.dumps({"here": event["here"]}))
        else:
            here = {"type": "roll", "here": self.scope["user"].username or "guest"}
            async_to_sync(self.channel_layer.send)(event["asks"], here)
