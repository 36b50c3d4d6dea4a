"""A notice board without Django or a database: what a race needs of a server, in one ASGI function."""

import asyncio
import json
from urllib.parse import parse_qs

notices: list[dict] = []
rung = asyncio.Event()


async def application(scope, receive, send):
    """POST /notices/ puts one up; GET gives those after ?after=; /stream/ goes on; a WebSocket too; /busy/ refuses."""
    global rung
    if scope["type"] == "websocket":
        await receive()
        await send({"type": "websocket.accept"})
        await asyncio.gather(tell(scope, send), receive())
    elif scope["method"] == "POST":
        text = parse_qs((await receive())["body"].decode())["text"][0]
        notices.append({"id": len(notices) + 1, "text": text})
        rung.set()
        rung = asyncio.Event()
        await answer(send, 201 if scope["path"] == "/notices/" else 503, json.dumps(notices[-1]))
    elif scope["path"] == "/notices/":
        await answer(send, 200, json.dumps({"notices": notices[after(scope) :]}))
    else:
        await send({"type": "http.response.start", "status": 200})
        await tell(scope, lambda event: send({
            "type": "http.response.body", "body": event["text"].encode() + b"\n", "more_body": True
        }))  # fmt: skip


def after(scope):
    return int(parse_qs(scope["query_string"].decode()).get("after", ["0"])[0])


async def answer(send, status, body):
    await send({"type": "http.response.start", "status": status})
    await send({"type": "http.response.body", "body": body.encode()})


async def tell(scope, send):
    number = after(scope)
    while True:
        ring = rung
        for notice in notices[number:]:
            number = notice["id"]
            await send({"type": "websocket.send", "text": json.dumps(notice)})
        await ring.wait()
