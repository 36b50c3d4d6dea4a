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


import contextlib

import httpx


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
            if line:  # an empty one says only that the server is still there
                yield json.loads(line)


async def server_sent_events(visitor, after=0):
    """Read events as a browser's EventSource does: when the connection ends, come back and say what came last."""
    pause = 1.0
    while True:
        headers = {"Accept": "text/event-stream", "Last-Event-ID": str(after)}
        with contextlib.suppress(httpx.TransportError):  # the server has gone, or is silent for too long
            async with visitor.stream("GET", "/notices/events/", headers=headers) as answer:
                answer.raise_for_status()  # who is refused does not come back
                event = {}
                async for line in answer.aiter_lines():
                    field, _, value = line.partition(": ")
                    if field == "retry":
                        pause = int(value) / 1000
                    elif line:
                        event[field] = value
                    elif notice := event.pop("data", None):  # an event is whole when its empty line has come
                        after = event["id"]
                        yield json.loads(notice)
        await asyncio.sleep(pause)


async def websocket(visitor, after=0):
    """Open a WebSocket, and be told."""
    async with visitor.connect(f"/ws/notices/?after={after}") as socket:
        while True:
            yield await socket.receive_json(timeout=3600)  # silence is no error here


def again(way):
    """The same way, which begins anew when it breaks: after the last notice that came."""

    async def anew(visitor, after=0):
        while True:
            try:
                async for notice in way(visitor, after=after):
                    after = notice["id"]
                    yield notice
            except Exception as error:  # each way breaks in its own manner
                print(f"{way.__name__} broke, and tries again: {type(error).__name__}")
            await asyncio.sleep(0.3)

    return anew
