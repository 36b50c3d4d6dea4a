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
    if scope["path"] != "/ws/back/":
        return await send({"type": "websocket.close"})
    await send({"type": "websocket.accept"})
    texts = []
    while True:
        event = await receive()
        if event["type"] == "websocket.disconnect":
            break
        if event.get("text") is not None:
            texts.append(event["text"])
            await send({"type": "websocket.send", "text": " ".join([str(len(texts)), texts[-1]])})
