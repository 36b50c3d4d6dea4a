# earns: Nothing should have come to
# instead of:
        async_to_sync(self.channel_layer.send)(event["reply_to"], answer)
# stands:
        if event["reply_to"] == self.channel_name:
            return
        async_to_sync(self.channel_layer.group_send)(self.group, answer)
# instead of:
            event = {"type": "chat.roll", "reply_to": self.channel_name}
# stands:
            event = {"type": "chat.roll", "reply_to": self.channel_name}
            self.send(json.dumps({"here": username}))
