"""The limit: an ASGI application without Channels, whose clients are in one set. What Daphne can do at most."""

import json

present = set()


async def application(scope, receive, send):
    """Accept, and tell everybody what anybody says."""
    await receive()
    await send({"type": "websocket.accept"})
    present.add(send)
    try:
        while (event := await receive())["type"] == "websocket.receive":
            text = json.dumps({"message": json.loads(event["text"])["message"]})
            for one in list(present):
                await one({"type": "websocket.send", "text": text})
    finally:
        present.discard(send)
