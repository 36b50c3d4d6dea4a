# instead of:
            event = {"type": "chat.roll", "reply_to": self.channel_name}
# stands:
            event = {"type": "chat.roll", "reply_to": self.own_group()}
# instead of:
        async_to_sync(self.channel_layer.group_add)(self.group, self.channel_name)
# stands:
        async_to_sync(self.channel_layer.group_add)(self.group, self.channel_name)
        async_to_sync(self.channel_layer.group_add)(self.own_group(), self.channel_name)
# instead of:
        async_to_sync(self.channel_layer.send)(event["reply_to"], answer)
# stands:
        async_to_sync(self.channel_layer.group_send)(event["reply_to"], answer)

    def own_group(self):
        return self.channel_name.replace("!", ".")
