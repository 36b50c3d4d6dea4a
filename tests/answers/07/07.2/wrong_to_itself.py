# earns: channel of the consumer that gave it
# instead of:
        async_to_sync(self.channel_layer.send)(event["reply_to"], answer)
# stands:
        async_to_sync(self.channel_layer.send)(self.channel_name, answer)
