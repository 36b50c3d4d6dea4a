# earns: joined no group
# instead of:
        await self.channel_layer.group_add(self.group, self.channel_name)
# stands:
        self.channel_layer.group_add(self.group, self.channel_name)
