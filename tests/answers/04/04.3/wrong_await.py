# earns: Write `await` before `send`
# instead of:
    await send({"type": "websocket.accept"})
# stands:
    send({"type": "websocket.accept"})
