# earns: without `async_to_sync`
# instead of:
        await self.channel_layer.group_send(self.group, event)
# stands:
        async_to_sync(self.channel_layer.group_send)(self.group, event)
