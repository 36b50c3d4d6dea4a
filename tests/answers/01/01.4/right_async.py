"""Prints notices as they come: python poll.py http://127.0.0.1:8000"""

import asyncio
import sys

import httpx

FIRST, MOST = 0.05, 0.4


async def notices(root):
    after, pause = 0, FIRST
    async with httpx.AsyncClient(base_url=root) as client:
        while True:
            try:
                answer = await client.get(f"/notices/?after={after}")
            except httpx.TransportError:
                answer = None
            news = answer.json()["notices"] if answer is not None and answer.status_code == 200 else []
            for notice in news:
                yield notice["text"]
            if news:
                after = news[-1]["id"]
                pause = FIRST
            await asyncio.sleep(pause)
            pause = min(2 * pause, MOST)


async def main():
    async for text in notices(sys.argv[1]):
        print(text, flush=True)


asyncio.run(main())
