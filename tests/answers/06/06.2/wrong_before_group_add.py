# earns: is not in it yet
# instead of:
        async_to_sync(self.channel_layer.group_add)(self.group, self.channel_name)
        self.accept()
        self.tell("chat.came")
# stands:
        self.tell("chat.came")
        async_to_sync(self.channel_layer.group_add)(self.group, self.channel_name)
        self.accept()
