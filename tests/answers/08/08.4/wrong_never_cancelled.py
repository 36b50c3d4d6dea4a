# earns: for nobody
# instead of:
        await self.channel_layer.group_discard(self.group, self.channel_name)
        self.stop()
# stands:
        await self.channel_layer.group_discard(self.group, self.channel_name)
# instead of:
    def stop(self):
        if self.clock:
            self.clock.cancel()
# stands:
    def stop(self):
        if self.clock:
            self.clock.cancel()
        self.clock = None
