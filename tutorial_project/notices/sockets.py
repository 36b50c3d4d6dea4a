"""Notices over a WebSocket: a plain ASGI function, before there is anything of Channels."""

import asyncio
import json
from urllib.parse import parse_qs

from notices import board
from notices.views import MOST_DIGITS


async def notices_socket(scope, receive, send):
    """Accept, send each notice after ?after=ID as it comes, and end when the client has gone."""
    await receive()  # websocket.connect
    after = parse_qs(scope["query_string"].decode()).get("after", ["0"])[0]
    if not after.isdecimal() or len(after) > MOST_DIGITS:
        await send({"type": "websocket.close"})  # not accepted: the client is answered with 403
        return
    await send({"type": "websocket.accept"})
    async with asyncio.TaskGroup() as group:  # should telling fail, listening ends, too
        telling = group.create_task(tell(int(after), send))
        while (await receive())["type"] != "websocket.disconnect":
            pass  # what the client says is of no interest here
        telling.cancel()


async def tell(after, send):
    while True:
        for notice in await board.wait_for_newer(after):
            after = notice["id"]
            await send({"type": "websocket.send", "text": json.dumps(notice)})
