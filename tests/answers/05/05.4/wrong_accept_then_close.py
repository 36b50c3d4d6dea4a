# earns: let in before it is sent away
# instead of:
        if not self.allowed(scope["user"]):
            await send({"type": "websocket.close"})
            return
# stands:
        if not self.allowed(scope["user"]):
            await send({"type": "websocket.accept"})
            await send({"type": "websocket.close", "code": 4403})
            return
