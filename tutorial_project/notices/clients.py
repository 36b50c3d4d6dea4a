"""Programs that wait for notices, one way each: each yields a notice when it has arrived."""

import asyncio
import json


async def polling(visitor, after=0, interval=1.0):
    """Ask again and again."""
    while True:
        answer = await visitor.get("/notices/", params={"after": after})
        for notice in answer.json()["notices"]:
            after = notice["id"]
            yield notice
        await asyncio.sleep(interval)


async def long_polling(visitor, after=0):
    """Ask, and be answered when there is something new."""
    while True:
        answer = await visitor.get("/notices/wait/", params={"after": after})
        for notice in answer.json()["notices"]:
            after = notice["id"]
            yield notice


async def streaming(visitor, after=0):
    """Read one answer that does not end, line by line."""
    async with visitor.stream("GET", "/notices/stream/", params={"after": after}) as answer:
        async for line in answer.aiter_lines():
            yield json.loads(line)


async def server_sent_events(visitor, after=0):
    """Read events as a browser's EventSource does."""
    headers = {"Accept": "text/event-stream", "Last-Event-ID": str(after)}
    async with visitor.stream("GET", "/notices/events/", headers=headers) as answer:
        async for line in answer.aiter_lines():
            field, _, value = line.partition(": ")
            if field == "data":
                yield json.loads(value)


async def websocket(visitor, after=0):
    """Open a WebSocket, and be told."""
    async with visitor.connect(f"/ws/notices/?after={after}") as socket:
        while True:
            yield await socket.receive_json(timeout=30)
