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
        joined = self.joined()
        self.accept()
        if not joined:
            self.send(json.dumps({"error": "Come again."}))
            self.close(code=4013)

    def joined(self):
        try:
            async_to_sync(self.channel_layer.group_add)(self.group, self.channel_name)
        except Exception:
            return False
        return True
