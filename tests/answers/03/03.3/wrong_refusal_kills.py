# earns: server rejected WebSocket connection
"""Reads the notices of a server: python reader.py ws://127.0.0.1:8000"""

import asyncio
import json
import sys

from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosedError, InvalidHandshake


async def main(root):
    last = 0
    while True:
        try:
            async with connect(f"{root}/ws/notices/?after={last}") as socket:
                async for text in socket:
                    notice = json.loads(text)
                    print(notice["text"], flush=True)
                    last = notice["id"]
            return
        except (ConnectionClosedError, OSError):
            await asyncio.sleep(0.1)


asyncio.run(main(sys.argv[1]))
