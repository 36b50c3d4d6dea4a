# earns: this is the name of a channel
# instead of:
        async_to_sync(self.channel_layer.send)(event["reply_to"], answer)
# stands:
        async_to_sync(self.channel_layer.group_send)(event["reply_to"], answer)
