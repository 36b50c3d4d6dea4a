# instead of:
    await receive()  # websocket.connect
    if scope["path"] != "/ws/back/":
        await send({"type": "websocket.close"})
        return
    await send({"type": "websocket.accept"})
    count = 0
    while (event := await receive())["type"] == "websocket.receive":
        if (text := event.get("text")) is not None:
            count += 1
            await send({"type": "websocket.send", "text": f"{count} {text}"})
# stands:
    said = 0
    while True:
        match await receive():
            case {"type": "websocket.connect"} if scope["path"] == "/ws/back/":
                await send({"type": "websocket.accept"})
            case {"type": "websocket.receive", "text": str(text)}:
                said += 1
                await send({"type": "websocket.send", "text": f"{said} {text}"})
            case {"type": "websocket.receive"}:
                pass
            case {"type": "websocket.connect"}:
                return await send({"type": "websocket.close", "code": 1000})
            case _:
                return
