# earns: `websocket.accept` comes first
# instead of:
    await send({"type": "websocket.accept"})
# stands:
