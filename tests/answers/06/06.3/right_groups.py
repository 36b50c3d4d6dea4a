# instead of:
        self.group = group_name(self.scope["url_route"]["kwargs"]["room"])
        async_to_sync(self.channel_layer.group_add)(self.group, self.channel_name)
        self.accept()
# stands:
        self.accept()

    def websocket_connect(self, message):
        self.group = group_name(self.scope["url_route"]["kwargs"]["room"])
        self.groups = [self.group]  # joined by the consumer itself, and left
        super().websocket_connect(message)
# instead of:
    def disconnect(self, code):
        async_to_sync(self.channel_layer.group_discard)(self.group, self.channel_name)

# stands:
