# earns: not to the one who asked
# instead of:
        answer = {"type": "chat.here", "username": self.scope["user"].username or "guest"}
        async_to_sync(self.channel_layer.send)(event["reply_to"], answer)
# stands:
        self.send(json.dumps({"here": self.scope["user"].username or "guest"}))
