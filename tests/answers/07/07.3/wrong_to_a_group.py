# earns: lie in no mailbox
# instead of:
            async_to_sync(self.channel_layer.send)("reports", event)
# stands:
            async_to_sync(self.channel_layer.group_send)("reports", event)
