"""The channel layer, asked with a deadline: it may be away, full, read-only, or silent."""

import asyncio
import logging

from channels.exceptions import ChannelFull
from django.conf import settings
from redis.exceptions import RedisError

FAILURES = (RedisError, OSError, ChannelFull)
TRY_AGAIN = 4013  # a close code
ADVICE = "Does a Valkey run at REDIS_URL? One process needs none: without REDIS_URL the layer is in memory."


async def ask(request):
    """Await a request to the channel layer; raises one of FAILURES, also when no answer comes in time."""
    try:
        async with asyncio.timeout(settings.MULTICHAT_PATIENCE):
            return await request
    except TimeoutError:
        raise TimeoutError(f"The channel layer did not answer within {settings.MULTICHAT_PATIENCE:g} s") from None


class ComeAgain:
    """Around all WebSockets: where the layer fails, the client is asked to come again, by a code that it sees."""

    def __init__(self, inner):
        self.inner = inner

    async def __call__(self, scope, receive, send):
        sent = set()

        async def send_on(event):
            sent.add(event["type"])
            await send(event)

        async def send_frames(events):
            """Past all that is further in: for who sends much, when the connection is accepted."""
            for event in events:
                if "websocket.close" not in sent:
                    await send(event)

        try:
            return await self.inner(dict(scope, send_frames=send_frames), receive, send_on)
        except FAILURES as error:
            logging.getLogger(__name__).warning("The channel layer failed: %s. %s", error, ADVICE)
        if "websocket.close" not in sent:
            if "websocket.accept" not in sent:  # else it would see no code
                await send({"type": "websocket.accept"})
            await send({"type": "websocket.close", "code": TRY_AGAIN})
