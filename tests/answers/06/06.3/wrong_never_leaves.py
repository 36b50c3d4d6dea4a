# earns: should have left the group
# instead of:
    def disconnect(self, code):
        async_to_sync(self.channel_layer.group_discard)(self.group, self.channel_name)

# stands:
