# earns: Say no
# instead of:
        if not self.allowed(scope["user"]):
            await send({"type": "websocket.close"})
            return
# stands:
        if not self.allowed(scope["user"]):
            return
