# earns: goes on after it has refused
# instead of:
        if not self.allowed(scope["user"]):
            await send({"type": "websocket.close"})
            return
# stands:
        if not self.allowed(scope["user"]):
            await send({"type": "websocket.close"})
