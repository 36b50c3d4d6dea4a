"""The user of a token: a client brings it among its subprotocols, or as its first message."""

import asyncio
import json

from channels.auth import AuthMiddlewareStack
from channels.middleware import BaseMiddleware

from tokens.models import Token
from tokens.signing import PREFIX, Refused, read

PROTOCOL = "channelslab"
SECONDS = 3  # to say who one is


class TokenAuthMiddleware(BaseMiddleware):
    """Who offers our subprotocol comes in by a token, or not at all; all others stay who they are."""

    async def __call__(self, scope, receive, send):
        if PROTOCOL not in scope["subprotocols"]:
            return await super().__call__(scope, receive, send)
        await receive()  # websocket.connect
        await send({"type": "websocket.accept", "subprotocol": PROTOCOL})
        try:
            token = await token_of(offered(scope) or await first_message(receive))
        except Refused as refused:
            await send({"type": "websocket.send", "text": json.dumps({"error": str(refused)})})
            return await send({"type": "websocket.close", "code": 4001})
        connect = iter([{"type": "websocket.connect"}])  # the consumer shall hear of it, too

        async def receive_all():
            return next(connect, None) or await receive()

        async def send_on(event):
            if event["type"] != "websocket.accept":  # that has been sent
                await send(event)

        scope = dict(without_token(scope), user=token.user, token=token.id)
        await super().__call__(scope, receive_all, send_on)


def offered(scope):
    return next((word for word in scope["subprotocols"] if word.startswith(f"{PREFIX}.")), None)


async def first_message(receive):
    """Return the token in {"token": "…"}; who says nothing is not waited for."""
    try:
        async with asyncio.timeout(SECONDS):
            return json.loads((await receive())["text"])["token"]
    except TimeoutError:
        raise Refused("TOKEN_MISSING") from None
    except (KeyError, TypeError, ValueError, RecursionError):
        raise Refused("TOKEN_INVALID") from None


async def token_of(text):
    """Return the row of a token; raises Refused."""
    token = await Token.objects.select_related("user").filter(id=read(text), user__is_active=True).afirst()
    if token is None:  # the signature is ours, so the row was there once
        raise Refused("TOKEN_REVOKED")
    await token.touch()
    return token


def without_token(scope):
    """What the layers further in get to see: who has no token cannot log it, and a cookie counts no more."""
    rest = {key: value for key, value in scope.items() if key not in ("cookies", "session")}
    hidden = (b"sec-websocket-protocol", b"cookie")
    headers = [(name, value) for name, value in scope["headers"] if name not in hidden]
    return dict(rest, subprotocols=[PROTOCOL], headers=headers)


from tokens.guard import Guard


def TokenAuthMiddlewareStack(inner):
    return AuthMiddlewareStack(TokenAuthMiddleware(Guard(inner)))
