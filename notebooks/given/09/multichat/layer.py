"""The channel layer, asked with a deadline: it may be away, full, read-only, or silent."""

import asyncio

from channels.exceptions import ChannelFull
from django.conf import settings
from redis.exceptions import RedisError

FAILURES = (RedisError, OSError, ChannelFull)


async def ask(request):
    """Await a request to the channel layer; raises one of FAILURES, also when no answer comes in time."""
    try:
        async with asyncio.timeout(settings.MULTICHAT_PATIENCE):
            return await request
    except TimeoutError:
        raise TimeoutError(f"The channel layer did not answer within {settings.MULTICHAT_PATIENCE:g} s") from None
