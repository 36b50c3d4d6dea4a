# instead of:
        try:
            async_to_sync(self.channel_layer.group_add)(self.group, self.channel_name)
        except RedisError:
            self.accept()
            self.send(json.dumps({"error": "The chat is closed for a moment. Come again."}))
            self.close(COME_AGAIN)
            return
        self.accept()
# stands:
        self.accept()
        async_to_sync(self.channel_layer.group_add)(self.group, self.channel_name)

    async def __call__(self, scope, receive, send):
        try:
            await super().__call__(scope, receive, send)
        except RedisError:
            await send({"type": "websocket.send", "text": json.dumps({"error": "The chat is closed for a moment."})})
            await send({"type": "websocket.close", "code": COME_AGAIN})
