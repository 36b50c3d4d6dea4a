"""Closes a connection whose user is nobody any more."""

import asyncio
import logging
from contextlib import suppress

from channels.auth import get_user
from channels.middleware import BaseMiddleware
from django.utils import timezone

from people.lookout import lookout
from tokens.models import Token
from tokens.signals import names_of

LOOK = 60  # seconds: what is told may be lost, and a session that has run out tells nobody


async def seconds_left(scope):
    if "token" in scope:
        token = await Token.objects.filter(id=scope["token"], user__is_active=True).afirst()
        return (token.expires - timezone.now()).total_seconds() if token else 0
    session = scope["session"].__class__(scope["session"].session_key)  # as the database has it now
    return LOOK if await get_user({"session": session}) == scope["user"] else 0


async def end_of(scope):
    left, told = LOOK, asyncio.Event()

    async def look(event):
        told.set()

    try:
        with suppress(Exception):  # where the layer is away, it looks all the same
            async with asyncio.timeout(5):
                await lookout().watch(look, *names_of(scope))  # then look: nothing is missed in between
        while left > 0:
            told.clear()
            try:
                left = await seconds_left(scope)
            except Exception as error:
                left = 5  # then it looks again
                logging.warning("Cannot see whether %s is still somebody: %s", scope["user"], error)
            with suppress(TimeoutError):
                async with asyncio.timeout(max(0, min(left, LOOK))):
                    await told.wait()
    finally:
        await lookout().unwatch(look, *names_of(scope))


class Guard(BaseMiddleware):
    async def __call__(self, scope, receive, send):
        if not scope["user"].is_authenticated:
            return await super().__call__(scope, receive, send)
        accepted, over = asyncio.Event(), False

        async def send_on(event):
            nonlocal over
            if not over:  # after a close nothing may be sent
                over = event["type"] == "websocket.close"
                await send(event)
            if event["type"] == "websocket.accept":
                accepted.set()

        async def close():
            await end_of(scope)
            await accepted.wait()
            why = '{"error": "USER_HAS_TO_LOGIN", "detail": "You are not logged in any more."}'
            await send_on({"type": "websocket.send", "text": why})
            await send_on({"type": "websocket.close", "code": 4001})

        closing = asyncio.create_task(close())
        try:
            await super().__call__(scope, receive, send_on)
        finally:
            closing.cancel()
            await asyncio.wait({closing}, timeout=1)  # until nothing calls it any more
