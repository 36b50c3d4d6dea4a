"""Closes a connection whose user is nobody any more."""

import asyncio
import logging
from contextlib import suppress

from channels.auth import get_user
from channels.layers import get_channel_layer
from channels.middleware import BaseMiddleware
from django.utils import timezone

from tokens.models import Token
from tokens.signals import groups_of

LOOK = 60  # seconds: a group's message may be lost, and a session that has run out tells nobody


async def seconds_left(scope):
    if "token" in scope:
        token = await Token.objects.filter(id=scope["token"], user__is_active=True).afirst()
        return (token.expires - timezone.now()).total_seconds() if token else 0
    session = scope["session"].__class__(scope["session"].session_key)  # as the database has it now
    return LOOK if await get_user({"session": session}) == scope["user"] else 0


async def end_of(scope):
    layer, left = get_channel_layer(), LOOK
    channel = await layer.new_channel()
    heard = asyncio.create_task(layer.receive(channel))
    try:
        while left > 0:
            with suppress(Exception):  # where the layer is away, it looks all the same
                async with asyncio.timeout(5):
                    for group in groups_of(scope):  # first join, then look: nothing is missed in between
                        await layer.group_add(group, channel)
            try:
                left = await seconds_left(scope)
            except Exception as error:
                logging.warning("Cannot see whether %s is still somebody: %s", scope["user"], error)
            await asyncio.wait({heard}, timeout=max(0, min(left, LOOK)))
            if heard.done():
                await asyncio.sleep(LOOK / 10 if heard.exception() else 0)
                heard = asyncio.create_task(layer.receive(channel))
    finally:
        heard.cancel()
        with suppress(Exception):
            for group in groups_of(scope):
                await layer.group_discard(group, channel)


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

        watching = asyncio.create_task(end_of(scope))

        async def close():
            await asyncio.wait({watching})
            await accepted.wait()
            why = '{"error": "USER_HAS_TO_LOGIN", "detail": "You are not logged in any more."}'
            await send_on({"type": "websocket.send", "text": why})
            await send_on({"type": "websocket.close", "code": 4001})

        closing = asyncio.create_task(close())
        try:
            await super().__call__(scope, receive, send_on)
        finally:
            closing.cancel()
            watching.cancel()
            await asyncio.wait({watching}, timeout=1)  # until it has left its groups
