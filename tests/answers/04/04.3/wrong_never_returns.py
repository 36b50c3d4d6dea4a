# earns: it waits for events that no longer come
# instead of:
    while (event := await receive())["type"] == "websocket.receive":
        if (text := event.get("text")) is not None:
# stands:
    while True:
        event = await receive()
        if (text := event.get("text")) is not None:
