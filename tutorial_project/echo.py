"""An echo: what comes in goes out again."""


async def application(scope, receive, send):
    while (event := await receive())["type"] != "websocket.disconnect":
        if event["type"] == "websocket.connect":
            await send({"type": "websocket.accept"})
        else:
            await send({**event, "type": "websocket.send"})
    print("gone:", event["code"])
