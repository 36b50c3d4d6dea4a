# earns: The nearest method is `on_room_read`
# instead of:
    async def room_read(self, event):
# stands:
    async def on_room_read(self, event):
