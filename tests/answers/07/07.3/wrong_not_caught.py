# earns: slower than those who send
# instead of:
        try:
            async_to_sync(self.channel_layer.send)("reports", event)
        except ChannelFull:
            self.send(json.dumps({"error": "The box is full. Try again later."}))
        else:
            self.send(json.dumps({"reported": True}))
# stands:
        async_to_sync(self.channel_layer.send)("reports", event)
        self.send(json.dumps({"reported": True}))
