# instead of:
        self.group = group_name(self.scope["url_route"]["kwargs"]["room"])
        async_to_sync(self.channel_layer.group_add)(self.group, self.channel_name)
        if self.scope["user"].is_authenticated:
            self.own = person_group(self.scope["user"].username)
            async_to_sync(self.channel_layer.group_add)(self.own, self.channel_name)
        self.accept()

    def disconnect(self, code):
        async_to_sync(self.channel_layer.group_discard)(self.group, self.channel_name)
        if self.own:
            async_to_sync(self.channel_layer.group_discard)(self.own, self.channel_name)
# stands:
        self.accept()

    def websocket_connect(self, message):
        self.group = group_name(self.scope["url_route"]["kwargs"]["room"])
        user = self.scope["user"]
        self.groups = [self.group] + [person_group(user.username)] * user.is_authenticated
        super().websocket_connect(message)
