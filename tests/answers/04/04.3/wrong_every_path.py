# earns: should have been refused with 403
# instead of:
    if scope["path"] != "/ws/back/":
        await send({"type": "websocket.close"})
        return
# stands:
