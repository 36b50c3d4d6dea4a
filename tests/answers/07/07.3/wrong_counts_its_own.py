# earns: A count that a consumer keeps
# instead of:
        event = {"type": "report", "username": username, "text": text}
        try:
            async_to_sync(self.channel_layer.send)("reports", event)
        except ChannelFull:
            self.send(json.dumps({"error": "The box is full. Try again later."}))
        else:
            self.send(json.dumps({"reported": True}))
# stands:
        self.sent = getattr(self, "sent", 0) + 1
        if self.sent > 10:
            self.send(json.dumps({"error": "The box is full."}))
            return
        event = {"type": "report", "username": username, "text": text}
        async_to_sync(self.channel_layer.send)("reports", event)
        self.send(json.dumps({"reported": True}))
# instead of:
    "CONFIG": {"hosts": [{"address": REDIS_URL, "socket_timeout": None}], "channel_capacity": {"reports": 10}},
# stands:
    "CONFIG": {"hosts": [{"address": REDIS_URL, "socket_timeout": None}]},
