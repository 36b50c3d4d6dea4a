# earns: should have left both
# instead of:
        if self.own:
            async_to_sync(self.channel_layer.group_discard)(self.own, self.channel_name)
# stands:
