"""Clients that lose nothing: they come back, read on where they were, and say again what they have not heard."""

import asyncio
import json
import random
from contextlib import suppress
from uuid import uuid4

from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake

END = "that is all"


class Resuming:
    def __init__(self, port, session, last):
        self.url, self.origin = f"ws://127.0.0.1:{port}/ws/rooms/", f"http://127.0.0.1:{port}"
        self.cookie, self.last = {"Cookie": f"sessionid={session}"}, last
        self.socket, self.came, self.again, self.read, self.unheard = None, 0, 0, {}, {}

    async def stay(self):
        while END not in self.read.values():
            # All are cut off at once, and should not all come back at once.
            await asyncio.sleep(random.uniform(0, 0.5))
            with suppress(OSError, ConnectionClosed, InvalidHandshake):
                async with connect(self.url, origin=self.origin, additional_headers=self.cookie) as self.socket:
                    await self.listen()

    async def listen(self):
        self.came += 1
        await self.tell({"command": "join", "room": 1, "after": self.last})
        for command, _ in list(self.unheard.values()):
            await self.tell(command)
        while END not in self.read.values():
            self.hear(json.loads(await self.socket.recv()))

    async def tell(self, command):
        with suppress(ConnectionClosed, AttributeError):  # no connection now: the next one tells it
            await self.socket.send(json.dumps(command))

    def hear(self, told):
        if told.get("msg_type") != 0:
            return
        if told["id"] in self.read:
            self.again += 1  # it was kept and not heard; what was said again is answered
            return
        self.last = told["id"]
        self.read[self.last] = told["message"]
        if told.get("key") in self.unheard:
            self.unheard.pop(told["key"])[1].set_result(None)

    async def say(self, text):
        """Say something, and wait until it is heard."""
        key, heard = uuid4().hex, asyncio.get_running_loop().create_future()
        self.unheard[key] = {"command": "send", "room": 1, "message": text, "key": key}, heard
        await self.tell(self.unheard[key][0])
        await heard
