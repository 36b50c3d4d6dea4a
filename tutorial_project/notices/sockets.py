"""Notices over a WebSocket: a plain ASGI function, before there is anything of Channels."""

import asyncio
import json
from urllib.parse import parse_qs

from notices import board


async def notices_socket(scope, receive, send):
    """Accept, send each notice as it comes, and end when the client has gone."""
    await receive()  # websocket.connect
    await send({"type": "websocket.accept"})
    telling = asyncio.create_task(tell(scope, send))
    while (await receive())["type"] != "websocket.disconnect":
        pass  # what the client says is of no interest here
    telling.cancel()


async def tell(scope, send):
    after = int(parse_qs(scope["query_string"].decode()).get("after", ["0"])[0])
    while True:
        for notice in await board.wait_for_newer(after):
            after = notice["id"]
            await send({"type": "websocket.send", "text": json.dumps(notice)})
