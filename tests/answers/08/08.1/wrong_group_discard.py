# earns: `self.channel_layer.group_discard(…)` did nothing
# instead of:
        await self.channel_layer.group_discard(self.group, self.channel_name)
# stands:
        self.channel_layer.group_discard(self.group, self.channel_name)
