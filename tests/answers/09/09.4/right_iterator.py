"""Prints what is said in rooms: python listener.py ws://127.0.0.1:8000 1 2"""

import asyncio
import json
import sys

from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosedError, WebSocketException


class Listener:
    def __init__(self, root, rooms):
        self.url = root + "/ws/rooms/"
        self.after = {room: None for room in rooms}
        self.over = False

    async def once(self):
        async with connect(self.url) as socket:
            await asyncio.gather(*(self.join(socket, room) for room in self.after))
            try:
                async for frame in socket:
                    self.hear(**json.loads(frame))
            except ConnectionClosedError:
                pass
            self.over = socket.close_code == 4001

    async def join(self, socket, room):
        await socket.send(json.dumps({"command": "join", "room": room, "after": self.after[room]}))

    def hear(self, msg_type=None, room="", username="", message="", id=0, **others):
        if msg_type == 0:
            self.after[room] = id
            print(username + ": " + message)
            sys.stdout.flush()

    async def run(self):
        while not self.over:
            try:
                await self.once()
            except (WebSocketException, OSError):
                await asyncio.sleep(0.1)


asyncio.run(Listener(sys.argv[1], sys.argv[2:]).run())
