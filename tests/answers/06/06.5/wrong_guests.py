# earns: nobody is called so
# instead of:
        if self.scope["user"].is_authenticated:
            self.own = person_group(self.scope["user"].username)
            async_to_sync(self.channel_layer.group_add)(self.own, self.channel_name)
# stands:
        self.own = person_group(self.scope["user"].username or "guest")
        async_to_sync(self.channel_layer.group_add)(self.own, self.channel_name)
