"""An ASGI application that prints every event of its connections."""


async def application(scope, receive, send):
    """Print the scope and each event, and let `answer` do the work."""

    async def shown_receive():
        event = await receive()
        print("receive", event)
        return event

    async def shown_send(event):
        print("send   ", event)
        await send(event)

    print("scope  ", scope["type"], scope["path"], f"{len(scope['headers'])} headers")
    await answer(scope, shown_receive, shown_send)
    print("return")


async def answer(scope, receive, send):
    """Answer a request with a word, and each message with its capitals."""
    event = await receive()
    if scope["type"] == "http":
        await send({"type": "http.response.start", "status": 200})
        await send({"type": "http.response.body", "body": b"done"})
        return
    await send({"type": "websocket.accept"})
    while (event := await receive())["type"] == "websocket.receive":
        await send({"type": "websocket.send", "text": event["text"].upper()})
